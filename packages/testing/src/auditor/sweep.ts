import type { ShardView } from '../shard-view.ts';
import type { AuditedAccount, AuditedMarket, Books } from './books.ts';
import type { Fail } from './event-cursor.ts';
import { CARRY_UNIT } from './fees.ts';
import { firstEntry, firstExit } from './first-trigger.ts';
import { sumNotionals } from './judge-fill.ts';
import { equityOf, isAtOrBelow, legMarginOf, usedMarginOf } from './margin.ts';
import { isClosable } from './trading-state-of.ts';

/** Checks all that is open, anew, and compares it with the shard. */
export function sweep(books: Books, shard: ShardView, fail: Fail): void {
  const agree = (what: string, expected: unknown, actual: unknown): void => {
    if (expected !== actual) fail(what, expected, actual);
  };
  let sum = 0n;
  for (const balance of books.ledger.values()) sum += balance;
  agree('sum of all ledger balances', 0n, sum);
  for (const [account, balance] of shard.house)
    agree(`balance of ${account}`, books.ledger.get(account) ?? 0n, balance);
  agree('sequence', books.sequence, shard.sequence);
  agree('rounding carry', Number(books.roundingCarry), shard.roundingCarry);
  agree('whether the rounding carry is below a micro', true, books.roundingCarry < CARRY_UNIT);
  agree('gross notional', Number(sumNotionals(books.positions.values())), shard.grossNotional);
  agree('the auditor’s own gross notional', sumNotionals(books.positions.values()), books.grossNotional);
  agree('number of accounts', books.accounts.size, shard.accounts);
  agree('number of pending orders', books.orders.size, shard.pendingOrders);
  sweepPositions(books, shard, agree);
  for (const market of books.markets.values()) sweepMarket(market, fail);
  for (const account of books.accounts.values()) {
    compareAccount(account, shard, fail);
    sweepAccount(books, account, fail);
  }
}

/** Compares what is told of an account with the auditor's own. */
export function compareAccount(account: AuditedAccount, shard: ShardView, fail: Fail): void {
  const view = shard.account(account.id);
  const equity = account.legs.length === 0 ? account.balance : equityOf(account);
  const expected = [
    ['balance', Number(account.balance), view?.balance],
    ['equity', Number(equity), view?.equity],
    ['used margin', Number(usedMarginOf(account)), view?.usedMargin],
    ['open positions', account.legs.reduce((count, leg) => count + leg.positions.length, 0), view?.openPositions],
    ['pending orders', account.orders.length, view?.pendingOrders],
    ['margin call', account.isMarginCalled, view?.isMarginCalled],
  ] as const;
  for (const [what, own, told] of expected) if (own !== told) fail(`${what} of account ${account.id}`, own, told);
}

function sweepPositions(books: Books, shard: ShardView, agree: (what: string, own: unknown, told: unknown) => void) {
  let count = 0;
  for (const told of shard.positions()) {
    count += 1;
    const own = books.positions.get(told.id);
    const name = `position ${told.id}`;
    agree(`account of ${name}`, own?.account.id, told.accountId);
    agree(`side of ${name}`, own?.side, told.side);
    agree(`quantity of ${name}`, own?.quantity, told.quantity);
    agree(`cost of ${name}`, own?.cost, told.cost);
    agree(`stop loss of ${name}`, own?.stopLoss, told.stopLoss);
    agree(`take profit of ${name}`, own?.takeProfit, told.takeProfit);
    agree(`best price of ${name}`, own?.trailingBest, told.trailingBest);
  }
  agree('number of open positions', books.positions.size, count);
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
