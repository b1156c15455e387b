import type { SwapSchedule } from '../instruments/instrument-terms.ts';

const DAY_MS = 86_400_000;
// 1970-01-01 was a Thursday.
const THURSDAY = 4;
const WEDNESDAY = 3;

/** The UTC day of a moment, as days since 1970-01-01. Its swap is charged when it ends, at 00:00 of the next. */
export function swapDayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** How many days' swap a day's is: one; on `triple-wednesday` instruments three on Wednesdays, none at weekends. */
export function swapDays(schedule: SwapSchedule, day: number): number {
  if (schedule === 'daily') return 1;
  const weekday = (((day + THURSDAY) % 7) + 7) % 7;
  if (weekday === WEDNESDAY) return 3;
  return weekday === 0 || weekday === 6 ? 0 : 1;
}
