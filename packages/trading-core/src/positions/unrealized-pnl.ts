import type { Leg } from '../accounts/leg.ts';
import { type Micros, micros, type Steps, type TickSteps, type Ticks } from '../numbers/units.ts';
import type { Quote } from '../quotes/quote.ts';
import type { PositionSide } from './position-side.ts';

/** What closing `quantity`, that cost `cost`, at `price` gains: price × quantity less the cost, turned for shorts. */
export function pnl(side: PositionSide, quantity: Steps, cost: TickSteps, price: Ticks, tickValue: Micros): Micros {
  const gained = price * quantity - cost;
  return micros((side === 'long' ? gained : 0 - gained) * tickValue);
}

/** The price that closes a position of this side: the bid for a long, the ask for a short. */
export function closingPrice(side: PositionSide, quote: Quote): Ticks {
  return side === 'long' ? quote.bid : quote.ask;
}

/** Unrealized profit and loss of all that the leg holds, at the market's newest quote, live or not. */
export function legPnl(leg: Leg): Micros {
  const { quote, terms } = leg.market;
  if (quote === null) return micros(0);
  const long = quote.bid * leg.longQuantity - leg.longCost;
  const short = leg.shortCost - quote.ask * leg.shortQuantity;
  return micros((long + short) * terms.tickValue);
}
