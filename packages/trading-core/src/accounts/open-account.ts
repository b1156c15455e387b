import type { OpenAccount } from '../command.ts';
import { isAmount, refuseAmount } from '../ledger/move-money.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/** Opens an account, empty or with a first deposit: both, or neither. */
export function openAccount(decision: Decision, command: OpenAccount): Refused | undefined {
  const { shard, at } = decision;
  const { accountId, mode, profile, deposit } = command;
  if (accountId === '') return refuse('invalid-command', { reason: 'accountId is empty' });
  if (deposit !== undefined && !isAmount(deposit)) return refuseAmount(deposit);
  if (shard.accounts.has(accountId)) return refuse('duplicate-account', { accountId });
  if (!shard.profiles.has(profile)) return refuse('unknown-profile', { profile });
  emit(decision, { type: 'account-opened', sequence: nextSequence(decision), at, accountId, mode, profile });
  if (deposit !== undefined) {
    emit(decision, { type: 'deposited', sequence: nextSequence(decision), at, accountId, amount: deposit });
  }
  return undefined;
}
