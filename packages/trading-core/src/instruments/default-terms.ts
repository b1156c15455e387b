import { parseDecimal } from '../numbers/decimal.ts';
import { type Micros, micros, steps, ticks } from '../numbers/units.ts';
import type { InstrumentTerms } from './instrument-terms.ts';

/** Money that one step gains when the price rises by one tick; `undefined` when that is not a whole number of micros. */
export function tickValue(tickSize: string, quantityStep: string): Micros | undefined {
  const decimals = 12;
  const tick = parseDecimal(tickSize, decimals);
  const step = parseDecimal(quantityStep, decimals);
  if (tick === undefined || step === undefined) return undefined;
  const product = BigInt(tick) * BigInt(step);
  const unit = 10n ** BigInt(2 * decimals - 6);
  return product % unit === 0n && product > 0n ? micros(Number(product / unit)) : undefined;
}

interface Sizes {
  readonly tickValue: number;
  /** Largest price, and quantities, in ticks and steps. */
  readonly priceMax: number;
  readonly quantityMin: number;
  readonly quantityMax: number;
}

/** Long positions pay 18 % a year for financing, shorts 6 %; each side of the quote is 2 basis points wider. */
function crypto(asset: string, { tickValue, priceMax, quantityMin, quantityMax }: Sizes): InstrumentTerms {
  return {
    asset,
    assetClass: 'crypto',
    tickValue: micros(tickValue),
    quantityMin: steps(quantityMin),
    quantityMax: steps(quantityMax),
    priceMin: ticks(1),
    priceMax: ticks(priceMax),
    spreadMin: ticks(1),
    markUpPpm: 200,
    commissionPpm: 500,
    commissionMin: micros(0),
    swapLongPpm: 180_000,
    swapShortPpm: 60_000,
    swapSchedule: 'daily',
    netQuantityMax: steps(quantityMax * 10),
  };
}

/** The terms of the instruments that a new installation starts with. */
export const defaultTerms: readonly InstrumentTerms[] = [
  crypto('SOL_USDC', { tickValue: 100, priceMax: 10_000_000, quantityMin: 10, quantityMax: 1_000_000 }),
  crypto('BTC_USDC', { tickValue: 1, priceMax: 100_000_000, quantityMin: 10, quantityMax: 10_000_000 }),
  crypto('ETH_USDC', { tickValue: 1, priceMax: 100_000_000, quantityMin: 10, quantityMax: 10_000_000 }),
  crypto('DOGE_USDC', { tickValue: 10, priceMax: 10_000_000, quantityMin: 10, quantityMax: 10_000_000 }),
  crypto('BNB_USDC', { tickValue: 10, priceMax: 10_000_000, quantityMin: 10, quantityMax: 1_000_000 }),
];
