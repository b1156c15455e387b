import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros, steps, ticks } from '../numbers/units.ts';
import type { Quote } from '../quotes/quote.ts';
import { plainTerms } from '../testing/book.ts';
import { swap } from './swap.ts';
import { swapDayOf, swapDays } from './swap-day.ts';

const quoteOf = (bid: number, ask: number): Quote => ({
  asset: 'XYZ',
  bid: ticks(bid),
  ask: ticks(ask),
  sequence: 1,
  at: 0,
  source: 'test',
  status: 'live',
});

/** A micro, as what is carried counts. */
const MICRO = 720_000_000;

describe('swap', () => {
  it('is notional at the mid × annual rate × days / 360', () => {
    const rows = [
      // side, long and short rate ppm, quantity, bid, ask, days, micros
      ['long', 36_000, 0, 10, 100, 102, 1, 101_000],
      ['short', 0, 36_000, 10, 100, 102, 1, 101_000],
      ['long', 36_000, -18_000, 10, 100, 102, 3, 303_000],
      ['short', 36_000, -18_000, 10, 100, 102, 1, -50_500],
      ['short', 36_000, -18_000, 10, 100, 102, 3, -151_500],
      ['long', 0, 36_000, 10, 100, 102, 1, 0],
      // The mid, 100.5, is no whole tick.
      ['long', 36_000, 0, 10, 100, 101, 1, 100_500],
      ['long', 360_000, 0, 1, 1_000, 1_000, 1, 1_000_000],
      // A negative price costs by its distance from zero.
      ['long', 36_000, 0, 10, -102, -100, 1, 101_000],
      // 96,000 × 1.5 at 10 % a year: 144,000 × 0.1 / 360.
      ['long', 100_000, 0, 3, 48_000, 48_000, 1, 40_000_000],
    ] as const;
    for (const [side, swapLongPpm, swapShortPpm, quantity, bid, ask, days, amount] of rows) {
      const terms = { ...plainTerms, swapLongPpm, swapShortPpm };
      const { amount: told, remainder } = swap(terms, side, steps(quantity), quoteOf(bid, ask), days);
      assert.equal(told, amount, `${side} ${quantity} at ${bid} / ${ask} × ${days}`);
      assert.equal(remainder + 0, 0);
    }
  });

  it('is rounded half-even to the micro, and what is left told', () => {
    const rows = [
      // Price in micros of notional, rate of 100 %: price / 360. Micros, left in micros.
      [180, 1_000_000, 0, 0.5],
      [540, 1_000_000, 2, -0.5],
      [900, 1_000_000, 2, 0.5],
      [180, -1_000_000, 0, -0.5],
      [540, -1_000_000, -2, 0.5],
      [900, -1_000_000, -2, -0.5],
      [179, 1_000_000, 0, 179 / 360],
      [181, 1_000_000, 1, -179 / 360],
      [181, -1_000_000, -1, 179 / 360],
      [360, 1_000_000, 1, 0],
      // The parity that decides a tie is that of the whole amount.
      [540_000_000, 1, 2, -0.5],
      [900_000_000, 1, 2, 0.5],
      [540_000_000, -1, -2, 0.5],
    ] as const;
    for (const [price, swapLongPpm, amount, left] of rows) {
      const terms = { ...plainTerms, tickValue: micros(1), swapLongPpm };
      const told = swap(terms, 'long', steps(1), quoteOf(price, price), 1);
      assert.equal(told.amount, amount, `${price} at ${swapLongPpm}`);
      assert.equal(told.remainder, Math.round(left * MICRO));
    }
  });
});

describe('the days of swap', () => {
  it('are UTC days since 1970', () => {
    const rows = [
      [0, 0],
      [86_399_999, 0],
      [86_400_000, 1],
      [-1, -1],
      [Date.UTC(2026, 0, 7, 23, 59, 59, 999), 20_460],
      [Date.UTC(2026, 0, 8), 20_461],
    ] as const;
    for (const [at, day] of rows) assert.equal(swapDayOf(at), day);
  });

  it('count every day of crypto, and of forex Wednesday three times and weekends not', () => {
    const monday = swapDayOf(Date.UTC(2026, 0, 5));
    const week = [0, 1, 2, 3, 4, 5, 6].map((weekday) => monday + weekday);
    assert.deepEqual(
      week.map((day) => swapDays('daily', day)),
      [1, 1, 1, 1, 1, 1, 1],
    );
    assert.deepEqual(
      week.map((day) => swapDays('triple-wednesday', day)),
      [1, 1, 3, 1, 1, 0, 0],
    );
  });
});
