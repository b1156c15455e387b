/** Candle intervals and their lengths in ms. `1s` is live only; the rest are stored. */
export const candleIntervalMs = {
  '1s': 1_000,
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
  '1w': 604_800_000,
} as const;

export type CandleInterval = keyof typeof candleIntervalMs;

/** Open, high, low and close of mids over `[openTime, openTime + interval)`. */
export interface Candle {
  /** Start, ms since the epoch, UTC-aligned; weeks start on Monday. */
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Quotes in the interval; 0 for a flat candle. */
  readonly ticks: number;
  /** Widest ask − bid seen, in price units; 0 for a flat candle. */
  readonly spread: number;
}

// 1970-01-01 was a Thursday; weeks open on Monday, four days later.
const MONDAY_OFFSET_MS = 4 * candleIntervalMs['1d'];

/** The open time (ms) of the candle that holds `at` (ms since the epoch). */
export function candleOpenTime(at: number, interval: CandleInterval): number {
  const length = candleIntervalMs[interval];
  const offset = interval === '1w' ? MONDAY_OFFSET_MS : 0;
  return Math.floor((at - offset) / length) * length + offset;
}

/** A candle of one quote. */
export function openCandle(openTime: number, price: number, spread: number): Candle {
  return { openTime, open: price, high: price, low: price, close: price, ticks: 1, spread };
}

/** A candle of an interval that passed on a live feed without a quote. */
export function flatCandle(openTime: number, price: number): Candle {
  return { openTime, open: price, high: price, low: price, close: price, ticks: 0, spread: 0 };
}

/** The candle after one more quote in its interval. */
export function extendCandle(candle: Candle, price: number, spread: number): Candle {
  return {
    openTime: candle.openTime,
    open: candle.open,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: price,
    ticks: candle.ticks + 1,
    spread: Math.max(candle.spread, spread),
  };
}

/** Joins two candles of one interval, `earlier` before `later`; the result keeps the open time of `earlier`. */
export function mergeCandles(earlier: Candle, later: Candle): Candle {
  return {
    openTime: earlier.openTime,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    close: later.close,
    ticks: earlier.ticks + later.ticks,
    spread: Math.max(earlier.spread, later.spread),
  };
}
