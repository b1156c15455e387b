import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { micros } from '../numbers/units.ts';
import { openBook, plainTerms } from '../testing/book.ts';
import { CARRY_UNITS_PER_MICRO } from './accrue.ts';
import { commission } from './commission.ts';

const termsOf = (commissionPpm: number, commissionMin: number) => ({
  ...plainTerms,
  commissionPpm,
  commissionMin: micros(commissionMin),
});

const MILLION = 1_000_000n;

/** What is due, in millionths of a micro: the rate of the notional, or the minimum. */
function due(notional: number, ppm: number, min: number): bigint {
  const exact = BigInt(notional) * BigInt(ppm);
  return exact > BigInt(min) * MILLION ? exact : BigInt(min) * MILLION;
}

describe('commission', () => {
  // Notional, rate, minimum; what is paid, and what is left of the rate in millionths of a micro.
  for (const [notional, ppm, min, paid, rest] of [
    [0, 500, 0, 0, 0],
    [10_000_000_000, 500, 0, 5_000_000, 0], // 5 basis points of 10,000
    [1_000, 500, 0, 0, 500_000], // half a micro: to the even 0
    [3_000, 500, 0, 2, -500_000], // one and a half: to the even 2
    [5_000, 500, 0, 2, 500_000], // two and a half: to the even 2
    [1_001, 500, 0, 1, -499_500],
    [999, 500, 0, 0, 499_500],
    [21_021, 1_500, 20, 32, -468_500], // 31.5315
    [3_003, 1_500, 20, 20, 0], // 4.5045: the minimum
    [13_333, 1_500, 20, 20, 0], // 19.9995 is below the minimum, though it rounds to it
    [13_334, 1_500, 20, 20, 1_000], // 20.001
    [0, 500, 7, 7, 0],
    [123_456_789, 1_000_000, 0, 123_456_789, 0], // all of it
    [Number.MAX_SAFE_INTEGER, 1_000_000, 0, Number.MAX_SAFE_INTEGER, 0],
    [Number.MAX_SAFE_INTEGER, 999_999, 0, 9_007_190_247_541_736, 259_009],
  ] as const) {
    it(`of ${notional} at ${ppm} ppm, ${min} at least, is ${paid}`, () => {
      const { amount, remainder } = commission(termsOf(ppm, min), micros(notional));
      assert.equal(amount, paid);
      assert.equal(remainder / 720, rest);
    });
  }

  it('and its remainder make what is due, exactly', () => {
    const rate = fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.constantFrom(1, 333, 500_000, 1_000_000));
    const min = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 }));
    const notional = fc.oneof(fc.integer({ min: 0, max: 3_000_000 }), fc.maxSafeNat());
    fc.assert(
      fc.property(notional, rate, min, (amount, ppm, least) => {
        const terms = termsOf(ppm, least);
        const charged = commission(terms, micros(amount));
        const paid = BigInt(charged.amount);
        const rest = BigInt(charged.remainder) / 720n;
        assert.equal(paid * MILLION + rest, due(amount, ppm, least));
        assert.ok(rest <= 500_000n && rest >= -500_000n);
      }),
      { numRuns: 2000 },
    );
  });

  it('is paid at open and at close, of each fill’s own notional', () => {
    const book = openBook({ deposit: 10_000, terms: { commissionPpm: 1_000 } });
    book.quote(1_000, 1_010);
    assert.match(book.buy(2)[1] ?? '', /commission 2\.02$/);
    book.quote(990, 1_000);
    assert.match(book.close(1)[0] ?? '', /commission 1\.98, pnl -40$/);
    assert.equal(book.balance, 10_000 - 2.02 - 1.98 - 40);
    assert.equal(book.shard.house['house:commission'].value, 4_000_000n);
  });

  it('is paid for each part of a flip, with the minimum for each', () => {
    const book = openBook({ mode: 'netting', terms: { commissionMin: 3_000_000 } });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.sell(3);
    assert.equal(book.shard.house['house:commission'].value, 9_000_000n);
  });

  it('adds up to exactly what is due, whole micros of rounding being booked', () => {
    const fills = fc.array(
      fc.record({
        price: fc.integer({ min: 1, max: 5_000 }),
        quantity: fc.integer({ min: 1, max: 50 }),
        side: fc.constantFrom('buy', 'sell'),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const rate = fc.integer({ min: 1, max: 20_000 });
    const modes = fc.constantFrom('hedging', 'netting');
    fc.assert(
      fc.property(modes, fills, rate, fc.integer({ min: 0, max: 40 }), (mode, walk, commissionPpm, commissionMin) => {
        const book = openBook({ mode, terms: { tickValue: 1, commissionPpm, commissionMin } });
        for (const { price, quantity, side } of walk) {
          book.quote(price, price);
          book.place(side, 'market', quantity);
        }
        let exact = 0n;
        let paid = 0n;
        for (const event of book.events) {
          if (!('fill' in event)) continue;
          exact += due(event.fill.price * event.fill.quantity, commissionPpm, commissionMin);
          paid += BigInt(event.fill.commission);
        }
        const { house, roundingCarry } = book.shard;
        const earned = house['house:commission'].value;
        assert.equal(earned * MILLION + BigInt(roundingCarry) / 720n, exact);
        assert.ok(Math.abs(roundingCarry) < CARRY_UNITS_PER_MICRO);
        assert.equal(house['house:rounding'].value, paid - earned);
      }),
    );
  });
});
