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
/** No feed is live for longer than this without a quote: whatever its status, the rest is a hole. */
const FLAT_MS_MAX = 60_000;
/** A quote older than this against the one before means that the clock was set back. */
const LATE_MS_MAX = 60_000;

interface Longer {
  newest: Candle;
  /** The one before: kept so that its last change can still be told. */
  previous: Candle | undefined;
}

/**
 * The live candles of one asset. A quote touches only the second it falls in; when a quote of a later second comes, it
 * is folded into the longer intervals; the candle in progress is put together when somebody asks.
 *
 * Flat seconds are not stored before the next quote settles them, so that a quote that was held up finds its second
 * open. No feed stays live for a minute without a quote: only `1s` has flat candles.
 *
 * Time is the stream's (ms since the epoch) and enters with the calls. A quote older than the one before it counts in
 * that one's second; one older by more than a minute means that the clock was set back, and what lies after it goes.
 */
export class CandleSeries {
  readonly #seconds: Candle[] = [];
  readonly #longer = new Map<LongInterval, Longer>();
  /** The newest second with a quote, over or not. */
  #second: Candle | undefined;
  #now = 0;
  #pausedAt = Number.POSITIVE_INFINITY;

  /** Takes a quote. Price and spread in units of the quote currency. */
  tick(at: number, price: number, spread: number): void {
    const openTime = candleOpenTime(at, '1s');
    this.#now = Math.max(this.#now, at);
    if (this.#second !== undefined && openTime < this.#second.openTime - LATE_MS_MAX) this.#rewind(at);
    if (this.#second !== undefined && openTime > this.#second.openTime) this.#close(this.#second, openTime);
    this.#pausedAt = Number.POSITIVE_INFINITY;
    this.#second =
      this.#second === undefined ? openCandle(openTime, price, spread) : extendCandle(this.#second, price, spread);
  }

  /** The feed went stale or down at `at`: from here on seconds without a quote are holes, not flat. */
  pause(at: number): void {
    this.#now = Math.max(this.#now, at);
    this.#pausedAt = Math.min(this.#pausedAt, at);
  }

  /** It is `at` now. @returns whether another second turned out flat. */
  advance(at: number): boolean {
    const end = this.#flatEnd(this.#now);
    this.#now = Math.max(this.#now, at);
    return this.#flatEnd(this.#now) > end;
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
    if (interval === '1s') return this.#flats(this.#now).at(-1) ?? this.#second;
    return foldSecond(interval, this.#longer.get(interval)?.newest, this.#second);
  }

  /** The candles in memory that open at `from` or later, oldest first: an hour of seconds, the last two of the others. */
  since(interval: CandleInterval, from: number): readonly Candle[] {
    if (interval === '1s') {
      const first = this.#seconds.findLastIndex((candle) => candle.openTime < from) + 1;
      const open = this.#second === undefined ? [] : [this.#second, ...this.#flats(this.#now)];
      return [...this.#seconds.slice(first), ...open.filter((candle) => candle.openTime >= from)];
    }
    const longer = this.#longer.get(interval);
    const newest = foldSecond(interval, longer?.newest, this.#second);
    const before = longer?.newest.openTime === newest?.openTime ? longer?.previous : longer?.newest;
    return [before, newest].filter((candle) => candle !== undefined).filter((candle) => candle.openTime >= from);
  }

  /** Stores the second, and the flat ones that follow it before `until`. */
  #close(second: Candle, until: number): void {
    this.#seconds.push(second, ...this.#flats(until));
    if (this.#seconds.length > SECONDS_KEPT) this.#seconds.splice(0, this.#seconds.length - SECONDS_KEPT);
    for (const interval of longIntervals) {
      const longer = this.#longer.get(interval);
      const folded = foldSecond(interval, longer?.newest, second) ?? second;
      if (longer?.newest.openTime === folded.openTime) longer.newest = folded;
      else this.#longer.set(interval, { newest: folded, previous: longer?.newest });
    }
    this.#second = undefined;
  }

  /** Where the flat seconds after the last quote end, seen at `now`. */
  #flatEnd(now: number): number {
    if (this.#second === undefined) return 0;
    const end = Math.min(now, this.#pausedAt, this.#second.openTime + SECOND_MS + FLAT_MS_MAX);
    return Math.max(candleOpenTime(end, '1s'), this.#second.openTime + SECOND_MS);
  }

  /** The seconds after the last quote that passed without one, seen at `now`. */
  #flats(now: number): Candle[] {
    const flats: Candle[] = [];
    if (this.#second === undefined) return flats;
    const end = this.#flatEnd(now);
    for (let openTime = this.#second.openTime + SECOND_MS; openTime < end; openTime += SECOND_MS) {
      flats.push(flatCandle(openTime, this.#second.close));
    }
    return flats;
  }

  #rewind(at: number): void {
    const openTime = candleOpenTime(at, '1s');
    this.#now = at;
    this.#second = undefined;
    this.#seconds.splice(this.#seconds.findLastIndex((candle) => candle.openTime < openTime) + 1);
    for (const [interval, { newest, previous }] of this.#longer) {
      const current = candleOpenTime(at, interval);
      const left = [newest, previous].find((candle) => candle !== undefined && candle.openTime <= current);
      if (left === undefined) this.#longer.delete(interval);
      else this.#longer.set(interval, { newest: left, previous: undefined });
    }
  }
}

/** An interval's newest candle after one more second with quotes. */
function foldSecond(
  interval: LongInterval,
  candle: Candle | undefined,
  second: Candle | undefined,
): Candle | undefined {
  if (second === undefined) return candle;
  const openTime = candleOpenTime(second.openTime, interval);
  if (candle !== undefined && candle.openTime > openTime) return candle;
  const continues = candle !== undefined && candle.openTime === openTime && candle.ticks > 0;
  return continues ? mergeCandles(candle, second) : { ...second, openTime };
}
