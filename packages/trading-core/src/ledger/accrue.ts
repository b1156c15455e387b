import { type Micros, micros } from '../numbers/units.ts';

/**
 * What clients pay is rounded half-even to whole micros, so the house collects a little more or less than its rates
 * say. The difference is carried in units of 1/720,000,000 micro: a common multiple of the denominators of commission,
 * 10⁶, and of swap, 2 × 360 × 10⁶.
 */
export const CARRY_UNITS_PER_MICRO = 720_000_000;

/**
 * Carries what rounding left. A whole micro that has gathered is booked from `house:rounding` to the earning account:
 * that one then holds what the rates say, and `house:rounding` what rounding has cost.
 *
 * @param remainder in carry units; above zero when the client paid less than the rate says.
 */
export function accrue(carry: number, remainder: number): { readonly rounding: Micros; readonly carry: number } {
  const gathered = carry + remainder;
  const rounding = Math.trunc(gathered / CARRY_UNITS_PER_MICRO) + 0;
  return { rounding: micros(rounding), carry: gathered - rounding * CARRY_UNITS_PER_MICRO };
}
