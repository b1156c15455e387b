import type { Account } from '../accounts/account.ts';
import type { AdjustBalance, Deposit, Withdraw } from '../command.ts';
import { isRefused, liveQuote } from '../limits/tradable.ts';
import { equity } from '../margin/equity.ts';
import { reviewMargin } from '../margin/review-margin.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/** Money comes in. */
export function deposit(decision: Decision, { accountId, amount }: Deposit): Refused | undefined {
  if (!isAmount(amount)) return refuseAmount(amount);
  const account = decision.shard.accounts.get(accountId);
  if (account === undefined) return refuse('unknown-account', { accountId });
  const tooLarge = checkBalance(account, amount);
  if (tooLarge !== undefined) return tooLarge;
  emit(decision, { type: 'deposited', sequence: nextSequence(decision), at: decision.at, accountId, amount });
  reviewMargin(decision, account);
  return undefined;
}

/** Money goes out: never more than the balance, nor than the free margin, which a stale quote leaves unknown. */
export function withdraw(decision: Decision, { accountId, amount }: Withdraw): Refused | undefined {
  if (!isAmount(amount)) return refuseAmount(amount);
  const account = decision.shard.accounts.get(accountId);
  if (account === undefined) return refuse('unknown-account', { accountId });
  for (const { market } of account.legs) {
    const quote = liveQuote(market);
    if (isRefused(quote)) return quote;
  }
  const freeMargin = micros(equity(account) - account.usedMargin);
  if (account.openPositions > 0 && amount > freeMargin) return refuse('insufficient-margin', { amount, freeMargin });
  if (amount > account.balance) return refuse('insufficient-balance', { amount, balance: account.balance });
  emit(decision, { type: 'withdrawn', sequence: nextSequence(decision), at: decision.at, accountId, amount });
  reviewMargin(decision, account);
  return undefined;
}

/** The operator corrects a balance. It may cost an account its positions, but does not make a debtor of a client. */
export function adjustBalance(decision: Decision, command: AdjustBalance): Refused | undefined {
  const { accountId, amount, reason } = command;
  if (!Number.isSafeInteger(amount) || amount === 0 || reason === '') return refuseAmount(amount);
  const account = decision.shard.accounts.get(accountId);
  if (account === undefined) return refuse('unknown-account', { accountId });
  const tooLarge = checkBalance(account, amount);
  if (tooLarge !== undefined) return tooLarge;
  if (account.balance + amount < Math.min(0, account.balance)) {
    return refuse('insufficient-balance', { amount, balance: account.balance });
  }
  emit(decision, {
    type: 'balance-adjusted',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId,
    amount,
    reason,
  });
  reviewMargin(decision, account);
  return undefined;
}

/** Whether money can come in or go out by it. */
export function isAmount(amount: Micros): boolean {
  return Number.isSafeInteger(amount) && amount > 0;
}

export function refuseAmount(amount: number): Refused {
  return refuse('invalid-command', {
    reason: 'the amount is not a whole number of micros, or zero, or has no reason',
    amount,
  });
}

/** Whether the balance stays one with which every price within the instruments' limits can be computed exactly. */
function checkBalance(account: Account, amount: number): Refused | undefined {
  const largest = Math.abs(account.balance + amount) + 2 * account.reach;
  return Number.isSafeInteger(largest)
    ? undefined
    : refuse('amount-too-large', { amount, max: Number.MAX_SAFE_INTEGER });
}
