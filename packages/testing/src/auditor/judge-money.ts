import type { AdjustBalance, Deposit, Withdraw } from '@repo/trading-core';
import type { AuditedAccount, Books } from './books.ts';
import { absolute, FIGURE_MAX } from './exact.ts';
import { spanOf, type Verdict } from './judge-fill.ts';
import { equityOf, usedMarginOf } from './margin.ts';
import { isLive } from './trading-state-of.ts';

export function judgeDeposit(books: Books, { accountId, amount }: Deposit): Verdict | undefined {
  if (!Number.isSafeInteger(amount) || amount <= 0) return { code: 'invalid-command' };
  const account = books.accounts.get(accountId);
  if (account === undefined) return { code: 'unknown-account' };
  return isTooLarge(account, BigInt(amount)) ? { code: 'amount-too-large' } : undefined;
}

export function judgeWithdraw(books: Books, { accountId, amount }: Withdraw): Verdict | undefined {
  if (!Number.isSafeInteger(amount) || amount <= 0) return { code: 'invalid-command' };
  const account = books.accounts.get(accountId);
  if (account === undefined) return { code: 'unknown-account' };
  if (!account.legs.every((leg) => isLive(leg.market))) return { code: 'price-not-live' };
  const freeMargin = equityOf(account) - usedMarginOf(account);
  if (account.legs.length > 0 && BigInt(amount) > freeMargin) {
    return { code: 'insufficient-margin', figures: { amount, freeMargin: Number(freeMargin) } };
  }
  return BigInt(amount) > account.balance ? beyondBalance(account, amount) : undefined;
}

export function judgeAdjustBalance(books: Books, command: AdjustBalance): Verdict | undefined {
  const { accountId, amount, reason } = command;
  if (!Number.isSafeInteger(amount) || amount === 0 || reason === '') return { code: 'invalid-command' };
  const account = books.accounts.get(accountId);
  if (account === undefined) return { code: 'unknown-account' };
  if (isTooLarge(account, BigInt(amount))) return { code: 'amount-too-large' };
  const after = account.balance + BigInt(amount);
  const isDebtMade = after < 0n && after < account.balance;
  return isDebtMade ? beyondBalance(account, amount) : undefined;
}

function beyondBalance({ balance }: AuditedAccount, amount: number): Verdict {
  return { code: 'insufficient-balance', figures: { amount, balance: Number(balance) } };
}

/** Whether some price within the instruments' limits would make a figure that is not exact. */
function isTooLarge(account: AuditedAccount, amount: bigint): boolean {
  let reach = 0n;
  for (const { market, positions } of account.legs) {
    for (const { quantity } of positions) reach += spanOf(market) * BigInt(quantity) * BigInt(market.terms.tickValue);
  }
  return absolute(account.balance + amount) + 2n * reach > FIGURE_MAX;
}
