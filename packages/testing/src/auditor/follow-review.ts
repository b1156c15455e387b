import type { Quote } from '@repo/trading-core';
import type { Audit } from './audit.ts';
import type { AuditedAccount, AuditedPosition } from './books.ts';
import { checkLedger } from './check-ledger.ts';
import { followClosing } from './follow-closing.ts';
import { removeOrder } from './follow-order-fill.ts';
import { equityOf, isAtOrBelow, marginOf, notionalOf, unrealizedPnlOf, usedMarginOf } from './margin.ts';
import { isClosable } from './trading-state-of.ts';

/** Expects what an account's margin level calls for now: margin call, stop-out, write-off, end of the margin call. */
export function followReview(audit: Audit, account: AuditedAccount): void {
  const { marginCallPercent, marginCallResetPercent, stopOutPercent } = account.profile;
  if (account.legs.length > 0) {
    const equity = equityOf(account);
    const usedMargin = usedMarginOf(account);
    if (!account.isMarginCalled && isAtOrBelow(equity, usedMargin, marginCallPercent)) {
      audit.cursor.expect({
        type: 'margin-called',
        accountId: account.id,
        equity: Number(equity),
        usedMargin: Number(usedMargin),
        marginCallPercent,
      });
      account.isMarginCalled = true;
    }
    if (isAtOrBelow(equity, usedMargin, stopOutPercent)) followStopOut(audit, account, equity, usedMargin);
  }
  const isEmpty = account.legs.length === 0;
  if (isEmpty && account.balance < 0n && account.profile.negativeBalanceProtection) followWriteOff(audit, account);
  const isSafe = isEmpty || !isAtOrBelow(equityOf(account), usedMarginOf(account), marginCallResetPercent);
  if (account.isMarginCalled && isSafe) {
    audit.cursor.expect({ type: 'margin-call-cleared', accountId: account.id });
    account.isMarginCalled = false;
  }
  audit.touched.add(account.id);
}

function followWriteOff(audit: Audit, account: AuditedAccount): void {
  const missing = -account.balance;
  const type = 'negative-balance-written-off';
  const event = audit.cursor.expect({ type, accountId: account.id, amount: Number(missing) });
  checkLedger(audit, event, `write-off:${audit.cursor.sequence}`, [
    ['house:negative-balance-write-off', `client:${account.id}`, missing],
  ]);
  account.balance += missing;
}

function followStopOut(audit: Audit, account: AuditedAccount, equity: bigint, usedMargin: bigint): void {
  const { cursor } = audit;
  const closable = closablePositions(audit, account);
  if (closable.length === 0) return;
  const { stopOutPercent } = account.profile;
  cursor.expect({
    type: 'account-stopped-out',
    accountId: account.id,
    balance: Number(account.balance),
    equity: Number(equity),
    usedMargin: Number(usedMargin),
    stopOutPercent,
    legs: account.legs.map(({ market, positions }) => {
      const { asset, bid, ask, status } = market.quote as Quote;
      return { asset, bid, ask, status, ...sumsOf(positions) };
    }),
  });
  for (const { id: orderId } of account.orders.slice()) {
    cursor.expect({ type: 'order-cancelled', accountId: account.id, orderId, reason: 'stop-out' });
    removeOrder(audit, orderId);
  }
  for (const position of closable) {
    followClosing(audit, position, position.quantity, { rule: 'stop-out', level: null, orderId: null });
    if (!isAtOrBelow(equityOf(account), usedMarginOf(account), stopOutPercent) || account.legs.length === 0) return;
  }
}

/** In the order in which they are closed: largest loss, or most margin, first; of equal ones the older. */
function closablePositions({ books }: Audit, account: AuditedAccount): AuditedPosition[] {
  const { stopOutOrder, leverage } = account.profile;
  const positions = account.legs.flatMap((leg) => (isClosable(books, leg.market) ? leg.positions : []));
  const ranked = positions.map((position) => ({
    position,
    rank:
      stopOutOrder === 'largest-loss'
        ? -unrealizedPnlOf(position)
        : marginOf(leverage[position.market.terms.assetClass], notionalOf(position)),
  }));
  ranked.sort((a, b) => (a.rank === b.rank ? a.position.id - b.position.id : a.rank > b.rank ? -1 : 1));
  return ranked.map(({ position }) => position);
}

function sumsOf(positions: readonly AuditedPosition[]) {
  const sums = { longQuantity: 0, longCost: 0, shortQuantity: 0, shortCost: 0 };
  let pnl = 0n;
  for (const position of positions) {
    if (position.side === 'long') {
      sums.longQuantity += position.quantity;
      sums.longCost += position.cost;
    } else {
      sums.shortQuantity += position.quantity;
      sums.shortCost += position.cost;
    }
    pnl += unrealizedPnlOf(position);
  }
  return { ...sums, unrealizedPnl: Number(pnl) };
}
