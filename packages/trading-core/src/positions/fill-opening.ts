import type { Account } from '../accounts/account.ts';
import type { FillRule } from '../event.ts';
import type { Market } from '../instruments/market.ts';
import { accrue } from '../ledger/accrue.ts';
import { commission } from '../ledger/commission.ts';
import { micros, type Steps, steps, type Ticks, tickSteps } from '../numbers/units.ts';
import type { OrderTerms } from '../orders/order-terms.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import type { Position } from './position.ts';
import { trailingBest } from './position-levels.ts';
import { openedBy } from './position-side.ts';
import { closingPrice } from './unrealized-pnl.ts';

/** What an opening fill is made of. */
export interface OpeningFill {
  readonly account: Account;
  readonly market: Market;
  readonly orderId: number;
  readonly terms: OrderTerms;
  readonly quote: Quote;
  readonly rule: FillRule;
  readonly level: Ticks | null;
}

/**
 * Opens a position with `quantity` of an order, or adds it to `position`. The caller has made sure that it may, and
 * reviews the account's margin afterwards.
 */
export function fillOpening(
  decision: Decision,
  opening: OpeningFill,
  quantity: Steps,
  position: Position | null,
): void {
  const { shard } = decision;
  const { account, market, orderId, terms, quote, rule, level } = opening;
  const price = terms.side === 'buy' ? quote.ask : quote.bid;
  const notional = micros(Math.abs(price) * quantity * market.terms.tickValue);
  const { amount, remainder } = commission(market.terms, notional);
  const { rounding, carry } = accrue(shard.roundingCarry, remainder);
  const positionId = position === null ? shard.nextPositionId : position.id;
  const fill = {
    id: shard.nextFillId,
    orderId,
    positionId,
    asset: market.terms.asset,
    side: terms.side,
    quantity,
    price,
    rule,
    level,
    quote,
    realizedPnl: micros(0),
    commission: amount,
    rounding,
    roundingCarry: carry,
  };
  const { stopLoss, takeProfit, trailingDistance } = terms;
  if (position === null) {
    emit(decision, {
      type: 'position-opened',
      sequence: nextSequence(decision),
      at: decision.at,
      accountId: account.id,
      fill,
      quantity,
      cost: tickSteps(price * quantity),
      stopLoss,
      takeProfit,
      trailingDistance,
    });
    return;
  }
  emit(decision, {
    type: 'position-increased',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    fill,
    quantity: steps(position.quantity + quantity),
    cost: tickSteps(position.cost + price * quantity),
  });
  if (stopLoss === null && takeProfit === null && trailingDistance === null) return;
  emit(decision, {
    type: 'position-modified',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    positionId,
    stopLoss: stopLoss ?? position.stopLoss,
    takeProfit: takeProfit ?? position.takeProfit,
    trailingDistance: trailingDistance ?? position.trailing?.distance ?? null,
    trailingBest: trailingDistance === null ? trailingBest(position) : closingPrice(openedBy(terms.side), quote),
  });
}
