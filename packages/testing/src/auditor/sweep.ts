import type { ShardView } from '../shard-view.ts';
import type { AuditedAccount, AuditedMarket, Books } from './books.ts';
import { compareAccount, compareShard } from './compare-shard.ts';
import type { Fail } from './event-cursor.ts';
import { absolute } from './exact.ts';
import { CARRY_UNIT } from './fees.ts';
import { firstEntry, firstExit } from './first-trigger.ts';
import { sumNotionals } from './judge-fill.ts';
import { equityOf, isAtOrBelow, legMarginOf, usedMarginOf } from './margin.ts';
import { isClosable } from './trading-state-of.ts';

/** Checks all that is open, and all sums, anew, and compares them with the shard. */
export function sweep(books: Books, shard: ShardView, fail: Fail): void {
  let sum = 0n;
  for (const balance of books.ledger.values()) sum += balance;
  if (sum !== 0n) fail('sum of all ledger balances', 0n, sum);
  if (absolute(books.roundingCarry) >= CARRY_UNIT) fail('a micro not gathered', CARRY_UNIT, books.roundingCarry);
  const notional = sumNotionals(books.positions.values());
  if (notional !== books.grossNotional) fail('the auditor’s own gross notional', notional, books.grossNotional);
  for (const market of books.markets.values()) sweepMarket(market, fail);
  for (const account of books.accounts.values()) {
    compareAccount(account, shard, fail);
    sweepAccount(books, account, fail);
  }
  compareShard(books, shard, fail);
}

/** After a quote that could set off anything, no level that it has reached may be left. */
function sweepMarket(market: AuditedMarket, fail: Fail): void {
  if (!market.isSettled || market.quote === null) return;
  const missed = firstExit(market, market.quote) ?? firstEntry(market, market.quote);
  if (missed !== undefined) fail(`${market.terms.asset}: a level not set off`, undefined, missed.item.id);
}

/** With every price certain, an account is above its stop-out level, or there is nothing to close. */
function sweepAccount(books: Books, account: AuditedAccount, fail: Fail): void {
  const { legs, profile, balance } = account;
  const owned = books.ledger.get(`client:${account.id}`) ?? 0n;
  if (owned !== balance) fail(`entries of client:${account.id}`, balance, owned);
  for (const { market, positions, usedMargin } of legs) {
    const margin = legMarginOf(account, market, positions);
    if (margin !== usedMargin) fail(`the auditor’s own margin of ${account.id}`, margin, usedMargin);
  }
  if (legs.length === 0) {
    if (balance < 0n && profile.negativeBalanceProtection)
      fail(`balance of ${account.id} without positions`, 0n, balance);
    if (account.isMarginCalled) fail(`margin call of ${account.id} without positions`, false, true);
    return;
  }
  if (!legs.every((leg) => leg.market.isSettled)) return;
  const equity = equityOf(account);
  const used = usedMarginOf(account);
  const isDue = isAtOrBelow(equity, used, profile.stopOutPercent);
  if (isDue && legs.some((leg) => isClosable(books, leg.market)))
    fail(`stop-out of ${account.id} missed`, used, equity);
  if (!account.isMarginCalled && isAtOrBelow(equity, used, profile.marginCallPercent)) {
    fail(`margin call of ${account.id} missed`, used, equity);
  }
  if (account.isMarginCalled && !isAtOrBelow(equity, used, profile.marginCallResetPercent)) {
    fail(`end of the margin call of ${account.id} missed`, used, equity);
  }
}
