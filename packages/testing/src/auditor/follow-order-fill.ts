import type { FillRule, OrderTerms, Quote } from '@repo/trading-core';
import type { Audit } from './audit.ts';
import { type AuditedAccount, type AuditedMarket, type AuditedPosition, removeFrom } from './books.ts';
import { checkLedger } from './check-ledger.ts';
import { absolute } from './exact.ts';
import { commissionOf, gather } from './fees.ts';
import { followClosing } from './follow-closing.ts';
import { legMarginOf, notionalOf } from './margin.ts';
import { netFillOf } from './net-fill-of.ts';

export interface OrderFill {
  readonly account: AuditedAccount;
  readonly market: AuditedMarket;
  readonly orderId: number;
  readonly terms: OrderTerms;
  readonly rule: FillRule;
  readonly level: number | null;
}

/** Expects an order to be filled whole at the newest quote: what it reduces first, then what it opens. */
export function followOrderFill(audit: Audit, order: OrderFill): void {
  const { account, market, orderId, terms, rule, level } = order;
  const { position, reduced, opened } = netFillOf(account, market, terms.side, terms.quantity);
  if (position !== undefined && reduced > 0) followClosing(audit, position, reduced, { rule, level, orderId });
  if (opened > 0) followOpening(audit, order, opened, reduced > 0 ? undefined : position);
  audit.cursor.expect({ type: 'order-filled', accountId: account.id, orderId });
  audit.touched.add(account.id);
}

function followOpening(audit: Audit, order: OrderFill, quantity: number, position: AuditedPosition | undefined): void {
  const { books, cursor } = audit;
  const { account, market, orderId, terms, rule, level } = order;
  const quote = market.quote as Quote;
  const price = terms.side === 'buy' ? quote.ask : quote.bid;
  const cost = BigInt(price) * BigInt(quantity);
  const commission = commissionOf(market.terms, absolute(cost) * BigInt(market.terms.tickValue));
  const { rounding, carry } = gather(books.roundingCarry, commission.owed);
  const positionId = position?.id ?? books.nextPositionId;
  const { stopLoss, takeProfit, trailingDistance } = terms;
  const fact = {
    accountId: account.id,
    fill: {
      id: books.nextFillId,
      orderId,
      positionId,
      asset: market.terms.asset,
      side: terms.side,
      quantity,
      price,
      rule,
      level,
      quote,
      realizedPnl: 0,
      commission: Number(commission.amount),
      rounding: Number(rounding),
      roundingCarry: Number(carry),
    },
    quantity: (position?.quantity ?? 0) + quantity,
    cost: (position?.cost ?? 0) + Number(cost),
  };
  const event = cursor.expect(
    position === undefined
      ? { type: 'position-opened', ...fact, stopLoss, takeProfit, trailingDistance }
      : { type: 'position-increased', ...fact },
  );
  const client = `client:${account.id}`;
  checkLedger(audit, event, `fill:${books.nextFillId}`, [
    [client, 'house:commission', commission.amount],
    ['house:rounding', 'house:commission', rounding],
  ]);
  account.balance -= commission.amount;
  books.roundingCarry = carry;
  books.nextFillId += 1;

  const held = position ?? addPosition(audit, order, quote);
  books.grossNotional -= notionalOf(held);
  held.quantity = fact.quantity;
  held.cost = fact.cost;
  held.paidCommission += commission.amount;
  books.grossNotional += notionalOf(held);
  const leg = account.legs.find((each) => each.market === market);
  if (leg !== undefined) leg.usedMargin = legMarginOf(account, market, leg.positions);
  if (position !== undefined) followNewLevels(audit, order, position, quote);
}

function addPosition(audit: Audit, { account, market, terms }: OrderFill, quote: Quote): AuditedPosition {
  const { books, at } = audit;
  const side = terms.side === 'buy' ? 'long' : 'short';
  const position: AuditedPosition = {
    id: books.nextPositionId,
    account,
    market,
    side,
    quantity: 0,
    cost: 0,
    stopLoss: terms.stopLoss,
    takeProfit: terms.takeProfit,
    trailingDistance: terms.trailingDistance,
    trailingBest: terms.trailingDistance === null ? null : side === 'long' ? quote.bid : quote.ask,
    // A day that has been charged for is over, whatever the moment of the fill says.
    lastSwapDay: Math.max(Math.floor(at / 86_400_000) - 1, books.swapDay),
    openedAt: at,
    paidCommission: 0n,
    paidSwap: 0n,
  };
  let leg = account.legs.find((each) => each.market === market);
  if (leg === undefined) {
    leg = { market, positions: [], usedMargin: 0n };
    account.legs.push(leg);
    account.legs.sort((a, b) => a.market.ordinal - b.market.ordinal);
  }
  leg.positions.push(position);
  market.positions.push(position);
  books.positions.set(position.id, position);
  books.nextPositionId += 1;
  return position;
}

/** The levels of an order that adds to a position take the place of the position's. */
function followNewLevels(audit: Audit, { account, terms }: OrderFill, position: AuditedPosition, quote: Quote): void {
  const { stopLoss, takeProfit, trailingDistance } = terms;
  if (stopLoss === null && takeProfit === null && trailingDistance === null) return;
  position.stopLoss = stopLoss ?? position.stopLoss;
  position.takeProfit = takeProfit ?? position.takeProfit;
  if (trailingDistance !== null) {
    position.trailingDistance = trailingDistance;
    position.trailingBest = position.side === 'long' ? quote.bid : quote.ask;
  }
  expectLevels(audit, position, account.id);
}

export function expectLevels(audit: Audit, position: AuditedPosition, accountId: string): void {
  const { id: positionId, stopLoss, takeProfit, trailingDistance, trailingBest } = position;
  audit.cursor.expect({
    type: 'position-modified',
    accountId,
    positionId,
    stopLoss,
    takeProfit,
    trailingDistance,
    trailingBest,
  });
}

/** Takes a pending order out of the books. */
export function removeOrder({ books }: Audit, orderId: number): void {
  const order = books.orders.get(orderId);
  if (order === undefined) return;
  books.orders.delete(orderId);
  removeFrom(order.account.orders, order);
  removeFrom(order.market.orders, order);
}
