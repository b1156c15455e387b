import type { Micros, Steps, Ticks } from '../numbers/units.ts';

/** What decides an instrument's leverage in a profile. */
export type AssetClass = 'crypto' | 'share' | 'commodity' | 'gold' | 'forex-minor' | 'forex-major';

/**
 * On which days swap is charged. `triple-wednesday` charges Monday to Friday, and Wednesday three times: it carries
 * the weekend.
 */
export type SwapSchedule = 'daily' | 'triple-wednesday';

/** The terms on which an instrument is traded. Rates are in parts per million (1 basis point = 100 ppm). */
export interface InstrumentTerms {
  /** The symbol, e.g. `SOL_USDC`. */
  readonly asset: string;
  readonly assetClass: AssetClass;
  /** Money that one step gains when the price rises by one tick: tick size × quantity step, in micros. */
  readonly tickValue: Micros;
  /** Smallest and largest quantity of one order. */
  readonly quantityMin: Steps;
  readonly quantityMax: Steps;
  /** Prices outside are refused. Below 1 only for an instrument whose price may be zero or negative. */
  readonly priceMin: Ticks;
  readonly priceMax: Ticks;
  /** Narrowest spread shown to clients. */
  readonly spreadMin: Ticks;
  /** Added to each side of the mid. */
  readonly markUpPpm: number;
  /** Of the notional, at open and at close. */
  readonly commissionPpm: number;
  /** Least commission of one fill. */
  readonly commissionMin: Micros;
  /** What holding costs a year, of the notional at the mid; below zero the client is paid. */
  readonly swapLongPpm: number;
  readonly swapShortPpm: number;
  readonly swapSchedule: SwapSchedule;
  /** Largest |clients' longs − clients' shorts| the house takes. */
  readonly netQuantityMax: Steps;
}
