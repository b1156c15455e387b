import type { OpenAccount } from '../command.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/** Opens an account, empty. */
export function openAccount(decision: Decision, { accountId, mode, profile }: OpenAccount): Refused | undefined {
  const { shard, at } = decision;
  if (accountId === '') return refuse('invalid-command', { reason: 'accountId is empty' });
  if (shard.accounts.has(accountId)) return refuse('duplicate-account', { accountId });
  if (!shard.profiles.has(profile)) return refuse('unknown-profile', { profile });
  emit(decision, { type: 'account-opened', sequence: nextSequence(decision), at, accountId, mode, profile });
  return undefined;
}
