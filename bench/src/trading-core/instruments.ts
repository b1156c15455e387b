import { type InstrumentTerms, micros, type Quote, type Steps, steps, ticks } from '@repo/trading-core';

/** 2026-03-02, a Monday, 12:00 UTC. */
export const BENCH_AT = 1_772_452_800_000;

/** An instrument of the benchmarks, with the price it starts at and a quantity that is worth about 1,000. */
export interface BenchInstrument {
  readonly terms: InstrumentTerms;
  readonly bid: number;
  readonly spread: number;
  readonly quantity: Steps;
}

function instrument(asset: string, tickValue: number, bid: number, spread: number, quantity: number): BenchInstrument {
  const terms: InstrumentTerms = {
    asset,
    assetClass: 'crypto',
    tickValue: micros(tickValue),
    quantityMin: steps(1),
    quantityMax: steps(10_000_000),
    priceMin: ticks(1),
    priceMax: ticks(20 * bid),
    spreadMin: ticks(1),
    markUpPpm: 100,
    commissionPpm: 350,
    commissionMin: micros(0),
    swapLongPpm: 110_000,
    swapShortPpm: -20_000,
    swapSchedule: 'daily',
    netQuantityMax: steps(Number.MAX_SAFE_INTEGER),
  };
  return { terms, bid, spread, quantity: steps(quantity) };
}

export const benchInstruments: readonly BenchInstrument[] = [
  instrument('BTC_USDC', 1, 960_000, 60, 1_000),
  instrument('ETH_USDC', 1, 340_000, 40, 3_000),
  instrument('SOL_USDC', 100, 18_000, 4, 550),
  instrument('BNB_USDC', 10, 62_000, 8, 1_600),
  instrument('DOGE_USDC', 10, 21_000, 6, 4_800),
];

/** The instrument at `index`, counted round and round. */
export function instrumentAt(index: number): BenchInstrument {
  return benchInstruments[index % benchInstruments.length] as BenchInstrument;
}

/** Makes live quotes of an instrument, in sequence. */
export function quoteSource({ terms: { asset }, spread }: BenchInstrument): (bid: number) => Quote {
  let sequence = 0;
  return (bid) => {
    sequence += 1;
    return {
      asset,
      bid: ticks(bid),
      ask: ticks(bid + spread),
      sequence,
      at: BENCH_AT + sequence,
      source: 'bench',
      status: 'live',
    };
  };
}
