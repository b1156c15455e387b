import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import { multiplyDivideHalfEven, multiplyRemainder } from '../numbers/multiply-divide.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { CARRY_UNITS_PER_MICRO } from './accrue.ts';

const PPM = 1_000_000;

/** Commission of a fill: a rate of the notional, half-even to the micro, and at least the minimum. */
export function commission({ commissionPpm, commissionMin }: InstrumentTerms, notional: Micros): Micros {
  return micros(Math.max(multiplyDivideHalfEven(notional, commissionPpm, PPM), commissionMin));
}

/** What `commission` rounded away, in carry units; above zero when the client paid less than the rate says. */
export function commissionRemainder({ commissionPpm, commissionMin }: InstrumentTerms, notional: Micros): number {
  const rate = multiplyDivideHalfEven(notional, commissionPpm, PPM);
  const remainder = multiplyRemainder(notional, commissionPpm, PPM, rate);
  const isMinimum = rate < commissionMin || (rate === commissionMin && remainder < 0);
  return isMinimum ? 0 : remainder * (CARRY_UNITS_PER_MICRO / PPM);
}
