import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Candle,
  type CandleInterval,
  candleIntervalMs,
  candleOpenTime,
  extendCandle,
  flatCandle,
  mergeCandles,
  openCandle,
} from './candle.ts';

const intervals = Object.keys(candleIntervalMs) as CandleInterval[];
const at = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

describe('candleOpenTime', () => {
  it('aligns to UTC', () => {
    const moment = Date.UTC(2024, 7, 8, 23, 54, 14, 24);
    assert.equal(candleOpenTime(moment, '1s'), Date.UTC(2024, 7, 8, 23, 54, 14));
    assert.equal(candleOpenTime(moment, '15m'), Date.UTC(2024, 7, 8, 23, 45));
    assert.equal(candleOpenTime(moment, '4h'), Date.UTC(2024, 7, 8, 20));
    assert.equal(candleOpenTime(moment, '1d'), Date.UTC(2024, 7, 8));
  });

  it('opens weeks on Monday', () => {
    assert.equal(candleOpenTime(Date.UTC(2024, 7, 8, 12), '1w'), Date.UTC(2024, 7, 5));
    assert.equal(candleOpenTime(Date.UTC(2024, 7, 5), '1w'), Date.UTC(2024, 7, 5));
    assert.equal(candleOpenTime(Date.UTC(2024, 7, 4, 23, 59, 59, 999), '1w'), Date.UTC(2024, 6, 29));
  });

  it('holds the moment in [open, open + interval)', () => {
    fc.assert(
      fc.property(at, fc.constantFrom(...intervals), (moment, interval) => {
        const open = candleOpenTime(moment, interval);
        assert.ok(open <= moment && moment < open + candleIntervalMs[interval]);
        assert.equal(candleOpenTime(open, interval), open);
      }),
    );
  });

  it('nests shorter intervals in longer ones', () => {
    fc.assert(
      fc.property(at, (moment) => {
        for (const interval of intervals) {
          assert.equal(
            candleOpenTime(candleOpenTime(moment, '1m'), interval),
            interval === '1s' ? candleOpenTime(moment, '1m') : candleOpenTime(moment, interval),
          );
        }
      }),
    );
  });
});

describe('candle', () => {
  const quote = fc.record({ price: fc.integer({ min: 1, max: 1e6 }), spread: fc.integer({ min: 0, max: 100 }) });
  const build = (quotes: readonly { price: number; spread: number }[]): Candle => {
    const [first, ...rest] = quotes;
    assert.ok(first);
    return rest.reduce(
      (candle, next) => extendCandle(candle, next.price, next.spread),
      openCandle(0, first.price, first.spread),
    );
  };

  it('is the first, highest, lowest and last of its quotes', () => {
    fc.assert(
      fc.property(fc.array(quote, { minLength: 1 }), (quotes) => {
        const prices = quotes.map(({ price }) => price);
        assert.deepEqual(build(quotes), {
          openTime: 0,
          open: prices[0],
          high: Math.max(...prices),
          low: Math.min(...prices),
          close: prices.at(-1),
          ticks: quotes.length,
          spread: Math.max(...quotes.map(({ spread }) => spread)),
        });
      }),
    );
  });

  it('merges to the candle of all quotes', () => {
    fc.assert(
      fc.property(fc.array(quote, { minLength: 1 }), fc.array(quote, { minLength: 1 }), (before, after) => {
        assert.deepEqual(mergeCandles(build(before), build(after)), build([...before, ...after]));
      }),
    );
  });

  it('is flat without quotes', () => {
    assert.deepEqual(flatCandle(60_000, 7), {
      openTime: 60_000,
      open: 7,
      high: 7,
      low: 7,
      close: 7,
      ticks: 0,
      spread: 0,
    });
  });
});
