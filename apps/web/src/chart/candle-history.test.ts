import type { Candle } from '@repo/trading-core';
import { describe, expect, test } from 'vitest';
import { holesBetween, joinCandles, withHoles } from './candle-history.ts';

const MINUTE = 60_000;

function candle(minute: number, close = 1): Candle {
  return { openTime: minute * MINUTE, open: 1, high: 2, low: 1, close, ticks: 1, spread: 0 };
}

describe('joinCandles', () => {
  test('sorts, and lets the newer word stand', () => {
    const joined = joinCandles([candle(2, 5), candle(1)], [candle(3), candle(2, 9)]);
    expect(joined.map(({ openTime, close }) => [openTime / MINUTE, close])).toEqual([
      [1, 1],
      [2, 9],
      [3, 1],
    ]);
  });
});

describe('holes', () => {
  test('stay where the feed was away', () => {
    const places = withHoles([candle(1), candle(2), candle(5)], '1m');
    expect(places.map(({ openTime }) => openTime / MINUTE)).toEqual([1, 2, 3, 4, 5]);
    expect(places.map((place) => 'open' in place)).toEqual([true, true, false, false, true]);
  });
  test('of days do not push everything else off the chart, and end where candles go on', () => {
    const holes = holesBetween(candle(0), candle(10_000), '1m');
    expect(holes).toHaveLength(60);
    expect(holes.at(-1)?.openTime).toBe(9_999 * MINUTE);
  });
  test('are none between neighbours', () => {
    expect(holesBetween(candle(4), candle(5), '1m')).toEqual([]);
  });
});
