import type { Account } from '../accounts/account.ts';
import { micros } from '../numbers/units.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/**
 * Negative-balance protection: when the last position of a protected account has closed below zero, the house pays
 * what is missing, in a transaction of its own. To be called when nothing is open.
 */
export function writeOffNegativeBalance(decision: Decision, account: Account): void {
  if (account.balance >= 0 || !account.profile.negativeBalanceProtection) return;
  emit(decision, {
    type: 'negative-balance-written-off',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    amount: micros(0 - account.balance),
  });
}
