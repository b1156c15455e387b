import { type InstrumentTerms, micros, steps, ticks } from '@repo/trading-core';

/** An instrument of the workload, and about where its price is. */
export interface WorkloadInstrument {
  readonly terms: InstrumentTerms;
  readonly mid: number;
}

type Figures = Omit<InstrumentTerms, 'tickValue' | 'quantityMin' | 'quantityMax' | 'priceMin' | 'priceMax'> & {
  readonly tickValue: number;
  readonly quantity: readonly [min: number, max: number];
  readonly price: readonly [min: number, max: number];
};

type Optional = 'spreadMin' | 'markUpPpm' | 'commissionMin' | 'netQuantityMax';

function instrument(
  mid: number,
  { quantity, price, tickValue, ...rest }: Omit<Figures, Optional> & Partial<Pick<Figures, Optional>>,
): WorkloadInstrument {
  const terms: InstrumentTerms = {
    spreadMin: ticks(0),
    markUpPpm: 0,
    commissionMin: micros(0),
    netQuantityMax: steps(10 * quantity[1]),
    ...rest,
    tickValue: micros(tickValue),
    quantityMin: steps(quantity[0]),
    quantityMax: steps(quantity[1]),
    priceMin: ticks(price[0]),
    priceMax: ticks(price[1]),
  };
  return { terms, mid };
}

/** Each has something of its own that a rule can get wrong. */
export const workloadInstruments: readonly WorkloadInstrument[] = [
  // The smallest tick value there is.
  instrument(960_000, {
    asset: 'BTC_USDC',
    assetClass: 'crypto',
    tickValue: 1,
    quantity: [10, 10_000_000],
    price: [1, 100_000_000],
    commissionPpm: 500,
    swapLongPpm: 180_000,
    swapShortPpm: 60_000,
    swapSchedule: 'daily',
  }),
  // Quantities that leave the exact integers.
  instrument(15_000, {
    asset: 'SOL_USDC',
    assetClass: 'crypto',
    tickValue: 100,
    quantity: [10, 1_000_000_000],
    price: [1, 10_000_000],
    commissionPpm: 777,
    swapLongPpm: 180_001,
    swapShortPpm: -59_999,
    swapSchedule: 'daily',
  }),
  // Leverage of 200, three days' swap on Wednesdays, longs are paid.
  instrument(108_000, {
    asset: 'EUR_USD',
    assetClass: 'forex-major',
    tickValue: 10_000,
    quantity: [1, 10_000],
    price: [1, 1_000_000],
    commissionPpm: 31,
    swapLongPpm: -12_345,
    swapShortPpm: 23_457,
    swapSchedule: 'triple-wednesday',
  }),
  // A least commission.
  instrument(20_003, {
    asset: 'ACME',
    assetClass: 'share',
    tickValue: 10_000,
    quantity: [1, 50_000],
    price: [1, 1_000_000],
    commissionPpm: 999,
    commissionMin: micros(1_000_000),
    swapLongPpm: 61_234,
    swapShortPpm: 4_321,
    swapSchedule: 'daily',
  }),
  // A price that goes below zero.
  instrument(400, {
    asset: 'OIL',
    assetClass: 'commodity',
    tickValue: 10_000,
    quantity: [1, 100_000],
    price: [-10_000, 50_000],
    commissionPpm: 300,
    swapLongPpm: 40_000,
    swapShortPpm: 40_000,
    swapSchedule: 'triple-wednesday',
  }),
  // No commission, and a house that takes little.
  instrument(250_000, {
    asset: 'GOLD',
    assetClass: 'gold',
    tickValue: 100,
    quantity: [1, 1_000_000],
    price: [1, 5_000_000],
    commissionPpm: 0,
    swapLongPpm: 33_333,
    swapShortPpm: 0,
    swapSchedule: 'triple-wednesday',
    netQuantityMax: steps(40_000),
  }),
];
