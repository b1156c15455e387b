import type { InstrumentTerms } from './instrument-terms.ts';

/** The most ticks a price of the instrument can move, or be away from zero. */
export function priceSpan({ priceMin, priceMax }: InstrumentTerms): number {
  return Math.max(priceMax - priceMin, Math.abs(priceMin), Math.abs(priceMax));
}
