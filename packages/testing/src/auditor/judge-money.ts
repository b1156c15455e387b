import type { AdjustBalance, Deposit, RefusalCode, Withdraw } from '@repo/trading-core';
import type { AuditedAccount, Books } from './books.ts';
import { absolute, FIGURE_MAX } from './exact.ts';
import { spanOf } from './judge-fill.ts';
import { equityOf, usedMarginOf } from './margin.ts';
import { isLive } from './trading-state-of.ts';

export function judgeDeposit(books: Books, { accountId, amount }: Deposit): RefusalCode | undefined {
  if (!Number.isSafeInteger(amount) || amount <= 0) return 'invalid-command';
  const account = books.accounts.get(accountId);
  if (account === undefined) return 'unknown-account';
  return isTooLarge(account, BigInt(amount)) ? 'amount-too-large' : undefined;
}

export function judgeWithdraw(books: Books, { accountId, amount }: Withdraw): RefusalCode | undefined {
  if (!Number.isSafeInteger(amount) || amount <= 0) return 'invalid-command';
  const account = books.accounts.get(accountId);
  if (account === undefined) return 'unknown-account';
  if (!account.legs.every((leg) => isLive(leg.market))) return 'price-not-live';
  const freeMargin = equityOf(account) - usedMarginOf(account);
  if (account.legs.length > 0 && BigInt(amount) > freeMargin) return 'insufficient-margin';
  return BigInt(amount) > account.balance ? 'insufficient-balance' : undefined;
}

export function judgeAdjustBalance(books: Books, command: AdjustBalance): RefusalCode | undefined {
  const { accountId, amount, reason } = command;
  if (!Number.isSafeInteger(amount) || amount === 0 || reason === '') return 'invalid-command';
  const account = books.accounts.get(accountId);
  if (account === undefined) return 'unknown-account';
  if (isTooLarge(account, BigInt(amount))) return 'amount-too-large';
  const after = account.balance + BigInt(amount);
  const isDebtMade = after < 0n && after < account.balance;
  return isDebtMade ? 'insufficient-balance' : undefined;
}

/** Whether some price within the instruments' limits would make a figure that is not exact. */
function isTooLarge(account: AuditedAccount, amount: bigint): boolean {
  let reach = 0n;
  for (const { market, positions } of account.legs) {
    for (const { quantity } of positions) reach += spanOf(market) * BigInt(quantity) * BigInt(market.terms.tickValue);
  }
  return absolute(account.balance + amount) + 2n * reach > FIGURE_MAX;
}
