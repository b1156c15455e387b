import type { InstrumentTerms, PositionSide, Quote } from '@repo/trading-core';
import { absolute, halfEvenDivide, larger } from './exact.ts';

const PPM = 1_000_000n;
const DAYS_A_YEAR = 360n;

/** One micro in the units of the rounding carry. */
export const CARRY_UNIT = 720_000_000n;

export interface Fee {
  /** What the client pays. */
  readonly amount: bigint;
  /** What he would pay at the exact rate, less that, in units of the carry. */
  readonly owed: bigint;
}

/** A share of the notional, half-even; at least the minimum, which is no rounding and leaves nothing to carry. */
export function commissionOf(terms: InstrumentTerms, notional: bigint): Fee {
  const exact = notional * BigInt(terms.commissionPpm);
  const rounded = halfEvenDivide(exact, PPM);
  const amount = larger(rounded, BigInt(terms.commissionMin));
  const isMinimum = exact <= BigInt(terms.commissionMin) * PPM;
  return { amount, owed: isMinimum ? 0n : (exact * CARRY_UNIT) / PPM - rounded * CARRY_UNIT };
}

/** Notional at the mid × annual rate × days / 360, half-even. The mid is half of bid + ask, hence the 2. */
export function swapOf(terms: InstrumentTerms, side: PositionSide, quantity: number, quote: Quote, days: number): Fee {
  const annual = BigInt(side === 'long' ? terms.swapLongPpm : terms.swapShortPpm);
  const doubleNotional = absolute(BigInt(quote.bid) + BigInt(quote.ask)) * BigInt(quantity) * BigInt(terms.tickValue);
  const exact = doubleNotional * annual * BigInt(days);
  const divisor = 2n * DAYS_A_YEAR * PPM;
  const amount = halfEvenDivide(exact, divisor);
  return { amount, owed: (exact * CARRY_UNIT) / divisor - amount * CARRY_UNIT };
}

/** How many days' swap that of `day` is. */
export function swapDaysOf(terms: InstrumentTerms, day: number): number {
  if (terms.swapSchedule === 'daily') return 1;
  const weekday = new Date(day * 86_400_000).getUTCDay();
  return [0, 1, 1, 3, 1, 1, 0][weekday] as number;
}

/** Whole micros that have gathered go from the house's rounding account to the earning one; the rest is carried on. */
export function gather(carry: bigint, owed: bigint): { readonly rounding: bigint; readonly carry: bigint } {
  const gathered = carry + owed;
  const rounding = gathered / CARRY_UNIT;
  return { rounding, carry: gathered - rounding * CARRY_UNIT };
}
