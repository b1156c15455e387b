import type { FillRule, Quote } from '@repo/trading-core';
import type { Audit } from './audit.ts';
import { type AuditedPosition, removeFrom } from './books.ts';
import { checkLedger } from './check-ledger.ts';
import { absolute, floorDivide } from './exact.ts';
import { commissionOf, gather } from './fees.ts';
import { legMarginOf, notionalOf } from './margin.ts';

/** Why a position is closed. */
export interface ClosingCause {
  readonly rule: FillRule;
  readonly level: number | null;
  readonly orderId: number | null;
}

/** Expects `quantity` of a position to be closed at the instrument's newest quote. */
export function followClosing(audit: Audit, position: AuditedPosition, quantity: number, cause: ClosingCause): void {
  const { books, cursor } = audit;
  const { account, market, side } = position;
  const quote = market.quote as Quote;
  const price = side === 'long' ? quote.bid : quote.ask;
  const tickValue = BigInt(market.terms.tickValue);
  const worth = BigInt(price) * BigInt(quantity);
  const cost = floorDivide(BigInt(position.cost) * BigInt(quantity), BigInt(position.quantity));
  const realizedPnl = (side === 'long' ? worth - cost : cost - worth) * tickValue;
  const commission = commissionOf(market.terms, absolute(worth) * tickValue);
  const { rounding, carry } = gather(books.roundingCarry, commission.owed);
  const event = cursor.expect({
    type: quantity === position.quantity ? 'position-closed' : 'position-reduced',
    accountId: account.id,
    fill: {
      id: books.nextFillId,
      orderId: cause.orderId,
      positionId: position.id,
      asset: market.terms.asset,
      side: side === 'long' ? 'sell' : 'buy',
      quantity,
      price,
      rule: cause.rule,
      level: cause.level,
      quote,
      realizedPnl: Number(realizedPnl),
      commission: Number(commission.amount),
      rounding: Number(rounding),
      roundingCarry: Number(carry),
    },
    quantity: position.quantity - quantity,
    cost: position.cost - Number(cost),
  });
  const client = `client:${account.id}`;
  checkLedger(audit, event, `fill:${books.nextFillId}`, [
    ['house:pnl', client, realizedPnl],
    [client, 'house:commission', commission.amount],
    ['house:rounding', 'house:commission', rounding],
  ]);
  account.balance += realizedPnl - commission.amount;
  position.paidCommission += commission.amount;
  books.roundingCarry = carry;
  books.nextFillId += 1;
  reduce(audit, position, position.quantity - quantity, position.cost - Number(cost));
  audit.touched.add(account.id);
}

function reduce({ books }: Audit, position: AuditedPosition, quantity: number, cost: number): void {
  const { account, market } = position;
  const leg = account.legs.find((each) => each.market === market);
  if (leg === undefined) throw new Error('a position without a leg');
  books.grossNotional -= notionalOf(position);
  position.quantity = quantity;
  position.cost = cost;
  books.grossNotional += notionalOf(position);
  if (quantity === 0) {
    books.positions.delete(position.id);
    removeFrom(market.positions, position);
    removeFrom(leg.positions, position);
  }
  leg.usedMargin = legMarginOf(account, market, leg.positions);
  if (leg.positions.length === 0) removeFrom(account.legs, leg);
}
