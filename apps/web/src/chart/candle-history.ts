import { type Candle, type CandleInterval, candleIntervalMs } from '@repo/trading-core';

/** A place on the time axis without a candle: the feed was away. */
export interface Hole {
  readonly openTime: number;
}

// A hole stays a hole, but one of days must not push everything else off the chart.
const HOLE_BARS_MAX = 60;

/** Candles of two stretches as one, oldest first, one for each open time; those of `newer` win. */
export function joinCandles(older: readonly Candle[], newer: readonly Candle[]): readonly Candle[] {
  const byTime = new Map<number, Candle>();
  for (const candle of older) byTime.set(candle.openTime, candle);
  for (const candle of newer) byTime.set(candle.openTime, candle);
  return [...byTime.values()].sort((a, b) => a.openTime - b.openTime);
}

/** The places between two neighbouring candles that have none. */
export function holesBetween(before: Hole, after: Hole, interval: CandleInterval): readonly Hole[] {
  const length = candleIntervalMs[interval];
  const missing = Math.round((after.openTime - before.openTime) / length) - 1;
  const count = Math.max(0, Math.min(missing, HOLE_BARS_MAX));
  return Array.from({ length: count }, (_, place) => ({ openTime: after.openTime - (count - place) * length }));
}

/** The candles with the holes between them. */
export function withHoles(candles: readonly Candle[], interval: CandleInterval): readonly (Candle | Hole)[] {
  return candles.flatMap((candle, place) => {
    const before = candles[place - 1];
    return before === undefined ? [candle] : [...holesBetween(before, candle, interval), candle];
  });
}
