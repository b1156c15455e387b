import type { FillRule } from '../event.ts';
import { accrue } from '../ledger/accrue.ts';
import { commission } from '../ledger/commission.ts';
import { multiplyDivideDown } from '../numbers/multiply-divide.ts';
import { micros, type Steps, steps, type TickSteps, type Ticks, tickSteps } from '../numbers/units.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import type { Position } from './position.ts';
import { closingSide } from './position-side.ts';
import { closingPrice, pnl } from './unrealized-pnl.ts';

/**
 * Closes `quantity` of a position, or all of it, at `quote`. The caller has made sure that it may, and reviews the
 * account's margin afterwards.
 *
 * @param orderId the netting order that closes it; `null` for a command, a trigger or a stop-out.
 */
export function fillClosing(
  decision: Decision,
  position: Position,
  quantity: Steps,
  quote: Quote,
  rule: FillRule,
  level: Ticks | null,
  orderId: number | null,
): void {
  const { shard } = decision;
  const { account, market } = position.leg;
  const { terms } = market;
  const price = closingPrice(position.side, quote);
  const cost = costOf(position, quantity);
  const notional = micros(Math.abs(price) * quantity * terms.tickValue);
  const { amount, remainder } = commission(terms, notional);
  const { rounding, carry } = accrue(shard.roundingCarry, remainder);
  emit(decision, {
    type: quantity === position.quantity ? 'position-closed' : 'position-reduced',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    fill: {
      id: shard.nextFillId,
      orderId,
      positionId: position.id,
      asset: terms.asset,
      side: closingSide(position.side),
      quantity,
      price,
      rule,
      level,
      quote,
      realizedPnl: pnl(position.side, quantity, cost, price, terms.tickValue),
      commission: amount,
      rounding,
      roundingCarry: carry,
    },
    quantity: steps(position.quantity - quantity),
    cost: tickSteps(position.cost - cost),
  });
}

/** The part of a position's cost that belongs to `quantity` of it, rounded down; the rest stays with the rest. */
export function costOf(position: Position, quantity: Steps): TickSteps {
  return tickSteps(multiplyDivideDown(position.cost, quantity, position.quantity));
}
