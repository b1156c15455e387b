import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Candle,
  type CandleInterval,
  candleIntervalMs,
  candleOpenTime,
  extendCandle,
  flatCandle,
  openCandle,
} from '@repo/trading-core';
import fc from 'fast-check';
import { CandleSeries, longIntervals } from './candle-series.ts';

type Event =
  | { readonly kind: 'tick'; readonly at: number; readonly price: number; readonly spread: number }
  | { readonly kind: 'pause' | 'advance'; readonly at: number };

const START = Date.UTC(2026, 0, 5, 11, 58);
const intervals = ['1s', ...longIntervals] satisfies CandleInterval[];

/** Events in the order of time, with now and then a quote that comes late. */
const events = fc
  .array(
    fc.record({
      kind: fc.constantFrom('tick', 'tick', 'tick', 'tick', 'pause', 'advance'),
      afterMs: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 0, max: 900 }) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: 9_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 400_000 }) },
      ),
      lateMs: fc.oneof(
        { weight: 9, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
      ),
      price: fc.integer({ min: 1, max: 50 }),
      spread: fc.integer({ min: 1, max: 5 }),
    }),
    { maxLength: 80 },
  )
  .map((steps) => {
    let at = START;
    return steps.map(({ kind, afterMs, lateMs, price, spread }): Event => {
      at += afterMs;
      return kind === 'tick' ? { kind, at: at - lateMs, price, spread } : { kind, at };
    });
  });

function play(series: CandleSeries, list: readonly Event[]): CandleSeries {
  for (const event of list) {
    if (event.kind === 'tick') series.tick(event.at, event.price, event.spread);
    else series[event.kind](event.at);
  }
  return series;
}

/** The plain way: put each quote into its interval, then look at each second in between. */
function model(list: readonly Event[], interval: CandleInterval): Candle[] {
  const candles = new Map<number, Candle>();
  let lastSecond = Number.NEGATIVE_INFINITY;
  let now = 0;
  let flatFrom: { second: number; price: number; until: number } | undefined;
  const settleFlats = (before: number) => {
    if (interval !== '1s' || flatFrom === undefined) return;
    for (let second = flatFrom.second + 1_000; second <= flatFrom.second + 60_000; second += 1_000) {
      if (second + 1_000 <= Math.min(flatFrom.until, before)) candles.set(second, flatCandle(second, flatFrom.price));
    }
  };
  for (const event of list) {
    now = Math.max(now, event.at);
    if (event.kind === 'pause' && flatFrom !== undefined) flatFrom.until = Math.min(flatFrom.until, event.at);
    if (event.kind !== 'tick') continue;
    // A late quote counts in the newest second that has one.
    const second = Math.max(lastSecond, candleOpenTime(event.at, '1s'));
    if (second > lastSecond) settleFlats(second);
    lastSecond = second;
    const openTime = candleOpenTime(second, interval);
    const known = candles.get(openTime);
    candles.set(
      openTime,
      known === undefined
        ? openCandle(openTime, event.price, event.spread)
        : extendCandle(known, event.price, event.spread),
    );
    flatFrom = { second, price: event.price, until: Number.POSITIVE_INFINITY };
  }
  settleFlats(now);
  return [...candles.values()].toSorted((a, b) => a.openTime - b.openTime);
}

describe('a candle series', () => {
  it('holds the candles that the plain way builds', () => {
    fc.assert(
      fc.property(events, (list) => {
        const series = play(new CandleSeries(), list);
        for (const interval of intervals) {
          const expected = model(list, interval);
          assert.deepEqual(series.newest(interval), expected.at(-1), interval);
          const kept = interval === '1s' ? expected : expected.slice(-2);
          assert.deepEqual(series.since(interval, 0), kept, interval);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers any beginning', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 600_000 }), (list, afterMs) => {
        const series = play(new CandleSeries(), list);
        for (const interval of intervals) {
          const all = series.since(interval, 0);
          const from = START + afterMs;
          assert.deepEqual(
            series.since(interval, from),
            all.filter(({ openTime }) => openTime >= from),
          );
        }
      }),
    );
  });

  it('continues after a restart what the store has of it', () => {
    fc.assert(
      fc.property(events, fc.nat({ max: 80 }), (list, split) => {
        const whole = play(new CandleSeries(), list);
        const before = play(new CandleSeries(), list.slice(0, split));
        const after = new CandleSeries();
        for (const interval of longIntervals) {
          const stored = before.newest(interval);
          if (stored !== undefined) after.seed(interval, stored);
        }
        // What was held up before the restart is the store's business.
        const rest = list.slice(split).filter(({ at }) => at >= (before.newest('1s')?.openTime ?? 0));
        if (rest.length < list.length - split) return;
        play(after, rest);
        for (const interval of longIntervals)
          assert.deepEqual(after.newest(interval), whole.newest(interval), interval);
      }),
    );
  });

  it('takes the store in late as well', () => {
    const series = new CandleSeries();
    series.tick(START + 70_000, 10, 1);
    series.tick(START + 71_000, 12, 1);
    const openTime = candleOpenTime(START + 70_000, '1h');
    series.seed('1h', { openTime, open: 5, high: 20, low: 4, close: 10, ticks: 40, spread: 3 });
    assert.deepEqual(series.newest('1h'), { openTime, open: 5, high: 20, low: 4, close: 12, ticks: 41, spread: 3 });
  });

  it('keeps an hour of seconds', () => {
    const series = new CandleSeries();
    for (let second = 0; second < 4_000; second += 1) series.tick(START + second * 1_000, 1, 1);
    const seconds = series.since('1s', 0);
    assert.equal(seconds.length, 3_601);
    assert.equal(seconds.at(-1)?.openTime, START + 3_999_000);
  });

  it('begins anew when the clock was set back', () => {
    const series = new CandleSeries();
    series.tick(START, 10, 1);
    series.tick(START + candleIntervalMs['1h'], 20, 1);
    series.tick(START + 1_000, 30, 1);
    assert.deepEqual(series.since('1s', 0), [openCandle(START, 10, 1), openCandle(START + 1_000, 30, 1)]);
    assert.equal(series.newest('1m')?.close, 30);
    series.tick(START + 2_000, 31, 1);
    assert.equal(series.newest('1h')?.close, 31);
  });

  it('says when another second turned out flat', () => {
    const series = new CandleSeries();
    series.tick(START + 100, 10, 1);
    assert.equal(series.advance(START + 1_500), false);
    assert.equal(series.advance(START + 2_000), true);
    assert.deepEqual(series.newest('1s'), flatCandle(START + 1_000, 10));
    assert.equal(series.advance(START + 2_900), false);
    series.pause(START + 3_100);
    assert.equal(series.newest('1s')?.openTime, START + 2_000);
    assert.equal(series.advance(START + 9_000), false);
  });
});
