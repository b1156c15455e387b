import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import { divideDown, divideHalfEven } from '../numbers/multiply-divide.ts';
import { type Micros, micros } from '../numbers/units.ts';
import { CARRY_UNITS_PER_MICRO } from './accrue.ts';

const PPM = 1_000_000;

/** Commission of a fill: a rate of the notional, half-even to the micro, and at least the minimum. */
export function commission({ commissionPpm, commissionMin }: InstrumentTerms, notional: Micros): Micros {
  const millions = divideDown(notional, PPM);
  const rate = millions * commissionPpm + divideHalfEven((notional - millions * PPM) * commissionPpm, PPM);
  return micros(Math.max(rate, commissionMin));
}

/** What `commission` rounded away, in carry units; above zero when the client paid less than the rate says. */
export function commissionRemainder({ commissionPpm, commissionMin }: InstrumentTerms, notional: Micros): number {
  const millions = divideDown(notional, PPM);
  const rest = (notional - millions * PPM) * commissionPpm;
  const isMinimum = rest <= (commissionMin - millions * commissionPpm) * PPM;
  return isMinimum ? 0 : (rest - divideHalfEven(rest, PPM) * PPM) * (CARRY_UNITS_PER_MICRO / PPM);
}
