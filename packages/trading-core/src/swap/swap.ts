import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import { CARRY_UNITS_PER_MICRO } from '../ledger/accrue.ts';
import { multiplyDivideHalfEven, multiplyRemainder } from '../numbers/multiply-divide.ts';
import { type Micros, micros, type Steps } from '../numbers/units.ts';
import type { PositionSide } from '../positions/position-side.ts';
import type { Quote } from '../quotes/quote.ts';

/** Half ticks in a mid, days in a year of financing, parts per million: by these the product of rates is divided. */
const DIVISOR = 2 * 360 * 1_000_000;

export interface Swap {
  /** What the client pays; below zero he is paid. */
  readonly amount: Micros;
  /** What rounding left, in carry units; above zero when he paid less than the rate says. */
  readonly remainder: number;
}

/** Overnight financing: notional at the mid × annual rate × days / 360, half-even to the micro. */
export function swap(terms: InstrumentTerms, side: PositionSide, quantity: Steps, quote: Quote, days: number): Swap {
  const rate = (side === 'long' ? terms.swapLongPpm : terms.swapShortPpm) * days;
  const doubleNotional = Math.abs(quote.bid + quote.ask) * quantity * terms.tickValue;
  const amount = multiplyDivideHalfEven(doubleNotional, rate, DIVISOR);
  const remainder = multiplyRemainder(doubleNotional, rate, DIVISOR, amount);
  return { amount: micros(amount), remainder: remainder * (CARRY_UNITS_PER_MICRO / DIVISOR) };
}
