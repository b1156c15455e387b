import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import { countDecimals, parseDecimal } from '../numbers/decimal.ts';
import { type Ticks, ticks } from '../numbers/units.ts';

// Twice (for the halves of mid and spread) a million (for parts per million): what `2 × 10⁶ × price` is counted in.
const SCALE = 2_000_000n;

/**
 * The quote that clients see of a source's: half = max(least spread, ask − bid) / 2 + mark-up × mid, then mid − half
 * down and mid + half up to whole ticks. Exact, whatever the digits of the source. To be applied once.
 *
 * @param tickSize of the instrument, as a decimal.
 * @returns `undefined` when a price is no decimal or has too many digits to be exact, or the bid is above the ask.
 */
export function markUpQuote(
  tickSize: string,
  terms: InstrumentTerms,
  source: { readonly bid: string; readonly ask: string },
): { readonly bid: Ticks; readonly ask: Ticks } | undefined {
  const decimals = Math.max(countDecimals(source.bid), countDecimals(source.ask), countDecimals(tickSize));
  const [bid, ask, tick] = [source.bid, source.ask, tickSize].map((text) => parseDecimal(text, decimals));
  if (bid === undefined || ask === undefined || tick === undefined || bid > ask) return undefined;
  const doubleMid = BigInt(bid) + BigInt(ask);
  const leastSpread = BigInt(terms.spreadMin) * BigInt(tick);
  const spread = BigInt(ask - bid);
  const doubleHalf = spread > leastSpread ? spread : leastSpread;
  const markUp = BigInt(terms.markUpPpm) * (doubleMid < 0n ? -doubleMid : doubleMid);
  const half = doubleHalf * 1_000_000n + markUp;
  const mid = doubleMid * 1_000_000n;
  const unit = SCALE * BigInt(tick);
  return { bid: ticks(Number(floor(mid - half, unit))), ask: ticks(Number(-floor(-(mid + half), unit))) };
}

function floor(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}
