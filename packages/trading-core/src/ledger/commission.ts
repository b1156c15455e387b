import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import { multiplyDivideHalfEven, multiplyRemainder } from '../numbers/multiply-divide.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { CARRY_UNITS_PER_MICRO } from './accrue.ts';

const PPM = 1_000_000;

export interface Commission {
  /** What the client pays. */
  readonly amount: Micros;
  /** What rounding left, in carry units; above zero when he paid less than the rate says. */
  readonly remainder: number;
}

/** Commission of a fill: a rate of the notional, half-even to the micro, and at least the minimum. */
export function commission({ commissionPpm, commissionMin }: InstrumentTerms, notional: Micros): Commission {
  const rate = multiplyDivideHalfEven(notional, commissionPpm, PPM);
  const remainder = multiplyRemainder(notional, commissionPpm, PPM, rate);
  // At the minimum nothing is rounded; the minimum counts also where only rounding has lifted the rate to it.
  if (rate < commissionMin || (rate === commissionMin && remainder < 0)) {
    return { amount: commissionMin, remainder: 0 };
  }
  return { amount: micros(rate), remainder: remainder * (CARRY_UNITS_PER_MICRO / PPM) };
}
