import {
  type Candle,
  type CandleInterval,
  candleIntervalMs,
  candleOpenTime,
  extendCandle,
  flatCandle,
  mergeCandles,
  openCandle,
} from '@repo/trading-core';
import { uniteCandles } from './unite-candles.ts';

export type LongInterval = Exclude<CandleInterval, '1s'>;
export const longIntervals = (Object.keys(candleIntervalMs) as CandleInterval[]).filter(
  (interval): interval is LongInterval => interval !== '1s',
);

const SECOND_MS = candleIntervalMs['1s'];
/** One hour of `1s` candles. */
const SECONDS_KEPT = 3_600;
/** No feed is live for longer than this without a quote: a longer gap is a hole. Also: a clock that stepped back. */
const GAP_MS_MAX = 60_000;

interface Longer {
  newest: Candle;
  /** The one before: kept so that its last change can still be told. */
  previous: Candle | undefined;
}

/**
 * The live candles of one asset. A quote touches only the second it falls in; a second that is over is folded into the
 * longer intervals, and the candle in progress is put together when somebody asks.
 *
 * Time is the stream's (ms since the epoch): it enters with the calls and never goes back. A quote older than the
 * second in progress counts in that second; one older than a minute means that the clock was set back, and the series
 * begins anew.
 */
export class CandleSeries {
  readonly #seconds: Candle[] = [];
  readonly #longer = new Map<LongInterval, Longer>();
  /** Open time of the second in progress. */
  #openTime: number | undefined;
  #second: Candle | undefined;
  #lastPrice: number | undefined;
  #live = false;

  /** Takes a quote. Prices and spread in units of the quote currency. */
  tick(at: number, price: number, spread: number): void {
    this.advance(at);
    const openTime = this.#openTime ?? candleOpenTime(at, '1s');
    this.#second =
      this.#second === undefined ? openCandle(openTime, price, spread) : extendCandle(this.#second, price, spread);
    this.#lastPrice = price;
    this.#live = true;
  }

  /** The feed went stale or down at `at`: seconds that end from here on are holes. */
  pause(at: number): void {
    this.advance(at);
    this.#live = false;
  }

  /** Ends the seconds before `at`: with their candle, flat while live, as a hole otherwise. @returns whether one closed. */
  advance(at: number): boolean {
    const target = candleOpenTime(at, '1s');
    if (this.#openTime === undefined || this.#openTime - target > GAP_MS_MAX) {
      this.#restart(target);
      return false;
    }
    let closed = false;
    const flats = this.#live && target - this.#openTime <= GAP_MS_MAX;
    while (this.#openTime < target) {
      const candle = this.#second ?? (flats ? this.#flat(this.#openTime) : undefined);
      this.#second = undefined;
      if (candle !== undefined) {
        this.#close(candle);
        closed = true;
      }
      this.#openTime = flats ? this.#openTime + SECOND_MS : target;
    }
    return closed;
  }

  /** Joins what the store holds of an interval's newest candle, e.g. the part before a restart. */
  seed(interval: LongInterval, stored: Candle): void {
    const longer = this.#longer.get(interval);
    if (longer === undefined || longer.newest.openTime < stored.openTime) {
      this.#longer.set(interval, { newest: stored, previous: longer?.newest });
    } else if (longer.newest.openTime === stored.openTime) {
      longer.newest = uniteCandles(stored, longer.newest);
    } else if (longer.previous === undefined) {
      longer.previous = stored;
    }
  }

  /** The candle in progress, or the last one when no quote has come since. */
  newest(interval: CandleInterval): Candle | undefined {
    if (interval === '1s') return this.#second ?? this.#seconds.at(-1);
    const longer = this.#longer.get(interval);
    if (this.#second === undefined) return longer?.newest;
    return foldSecond(interval, longer?.newest, this.#second);
  }

  /** The candles in memory that open at `from` or later, oldest first: an hour of seconds, the last two of the others. */
  since(interval: CandleInterval, from: number): readonly Candle[] {
    const newest = this.newest(interval);
    if (newest === undefined || newest.openTime < from) return [];
    const earlier: Candle[] = [];
    if (interval === '1s') {
      for (let index = this.#seconds.length - 1; index >= 0; index -= 1) {
        const candle = this.#seconds[index];
        if (candle === undefined || candle.openTime < from) break;
        if (candle.openTime < newest.openTime) earlier.unshift(candle);
      }
    } else {
      const longer = this.#longer.get(interval);
      const before = longer?.newest.openTime === newest.openTime ? longer.previous : longer?.newest;
      if (before !== undefined && before.openTime >= from) earlier.push(before);
    }
    return [...earlier, newest];
  }

  #flat(openTime: number): Candle | undefined {
    return this.#lastPrice === undefined ? undefined : flatCandle(openTime, this.#lastPrice);
  }

  #close(second: Candle): void {
    this.#seconds.push(second);
    if (this.#seconds.length > SECONDS_KEPT) this.#seconds.shift();
    for (const interval of longIntervals) {
      const longer = this.#longer.get(interval);
      const folded = foldSecond(interval, longer?.newest, second);
      if (folded === undefined) continue;
      if (longer?.newest.openTime === folded.openTime) longer.newest = folded;
      else this.#longer.set(interval, { newest: folded, previous: longer?.newest });
    }
  }

  #restart(openTime: number): void {
    this.#seconds.length = 0;
    this.#longer.clear();
    this.#second = undefined;
    this.#openTime = openTime;
  }
}

/**
 * An interval's candle after a second of it. A flat second changes nothing, but when it is the interval's last and no
 * quote came in all of it, then the interval is flat too.
 */
function foldSecond(interval: LongInterval, candle: Candle | undefined, second: Candle): Candle | undefined {
  const openTime = candleOpenTime(second.openTime, interval);
  const same = candle !== undefined && candle.openTime === openTime ? candle : undefined;
  if (second.ticks > 0) {
    return same === undefined || same.ticks === 0 ? { ...second, openTime } : mergeCandles(same, second);
  }
  if (same !== undefined) return same;
  const isLast = second.openTime + SECOND_MS === openTime + candleIntervalMs[interval];
  return isLast ? { ...second, openTime } : candle;
}
