import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import { divideHalfEven } from '../numbers/multiply-divide.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { CARRY_UNITS_PER_MICRO } from './accrue.ts';

const PPM = 1_000_000;

/** Commission of a fill: a rate of the notional, half-even to the micro, and at least the minimum. */
export function commission(terms: InstrumentTerms, notional: Micros): Micros {
  const rest = notional % PPM;
  const rate = ((notional - rest) / PPM) * terms.commissionPpm + divideHalfEven(rest * terms.commissionPpm, PPM);
  return micros(Math.max(rate, terms.commissionMin));
}

/** What `commission` rounded away, in carry units; above zero when the client paid less than the rate says. */
export function commissionRemainder(terms: InstrumentTerms, notional: Micros): number {
  const exact = (notional % PPM) * terms.commissionPpm;
  const rounded = divideHalfEven(exact, PPM);
  const rate = ((notional - (notional % PPM)) / PPM) * terms.commissionPpm + rounded;
  return rate < terms.commissionMin ? 0 : (exact - rounded * PPM) * (CARRY_UNITS_PER_MICRO / PPM);
}
