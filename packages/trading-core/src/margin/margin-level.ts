import { divideDown, multiplyDivideDown } from '../numbers/multiply-divide.ts';
import { type Micros, micros } from '../numbers/units.ts';

/** Equity / used margin in hundredths of a percent, rounded down: 4,967 is 49.67 %. `null` without used margin. */
export function marginLevel(equity: Micros, usedMargin: Micros): number | null {
  return usedMargin === 0 ? null : multiplyDivideDown(equity, 10_000, usedMargin);
}

/**
 * The largest equity whose margin level is at or below `percent`: used margin × percent / 100, rounded down. Equity is
 * an integer, so comparing with it is exact.
 */
export function equityAtLevel(usedMargin: Micros, percent: number): Micros {
  const hundreds = divideDown(usedMargin, 100);
  return micros(hundreds * percent + divideDown((usedMargin - hundreds * 100) * percent, 100));
}
