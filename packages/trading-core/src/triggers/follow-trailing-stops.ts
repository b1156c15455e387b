import type { Market } from '../instruments/market.ts';
import type { Ticks } from '../numbers/units.ts';
import type { PositionSide } from '../positions/position-side.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';

/** Moves the trailing stops for whose positions this is the best price yet: one event a side, however many there are. */
export function followTrailingStops(decision: Decision, market: Market, { bid, ask }: Quote): void {
  if (market.longTrailingStops.isBestFor(bid)) emitBest(decision, market, 'long', bid);
  if (market.shortTrailingStops.isBestFor(ask)) emitBest(decision, market, 'short', ask);
}

function emitBest(decision: Decision, market: Market, side: PositionSide, price: Ticks): void {
  emit(decision, {
    type: 'trailing-best-reached',
    sequence: nextSequence(decision),
    at: decision.at,
    asset: market.terms.asset,
    side,
    price,
  });
}
