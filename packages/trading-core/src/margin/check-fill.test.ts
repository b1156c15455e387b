import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Micros, micros } from '../numbers/units.ts';
import { conservationReport } from '../shard/conservation-report.ts';
import { type Book, openBook, plainProfile } from '../testing/book.ts';
import { equity } from './equity.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** A book whose account has so many micros; a tick of a step is a micro. */
function openWith(amount: number, given: Parameters<typeof openBook>[0] = {}): Book {
  const book = openBook({ ...given, deposit: 0, terms: { tickValue: 1, ...given.terms } });
  book.do({ type: 'deposit', at: book.at, accountId: 'A', amount: micros(amount) });
  return book;
}

describe('an opening fill', () => {
  describe('is refused unless the free margin after it, its commission and its spread is 0 or more', () => {
    const terms = { commissionPpm: 1_500, commissionMin: 20 };
    // Buy 7 at 3,003: notional 21,021. Margin 2,102.1 rounded up; commission 31.5315, half-even 32; spread 7 × 4.
    const needs = 2_103 + 32 + 28;

    it('of a buy: accepted at 0', () => {
      const book = openWith(needs, { terms });
      book.quote(2_999, 3_003);
      assert.deepEqual(book.buy(7)[0], 'accepted o1');
      assert.equal(equity(book.account) - book.account.usedMargin, 0);
    });

    it('of a buy: refused at −1 micro, with the figures', () => {
      const book = openWith(needs - 1, { terms });
      book.quote(2_999, 3_003);
      assert.deepEqual(book.buy(7), ['refused insufficient-margin']);
      assert.deepEqual(book.figures, {
        freeMargin: -1,
        equity: needs - 1 - 32 - 28,
        usedMargin: 2_103,
        commission: 32,
        spread: 28,
      });
    });

    it('of a sell, at the bid', () => {
      // Notional 7 × 2,999 = 20,993: margin 2,100, commission 31.4895.
      for (const [amount, outcome] of [
        [2_100 + 31 + 28, 'accepted o1'],
        [2_100 + 31 + 27, 'refused insufficient-margin'],
      ] as const) {
        const book = openWith(amount, { terms });
        book.quote(2_999, 3_003);
        assert.equal(book.sell(7)[0], outcome);
      }
    });

    it('with the least commission', () => {
      // Notional 3,003: margin 301, commission 4.5 but 20 at least, spread 4.
      for (const [amount, outcome] of [
        [325, 'accepted o1'],
        [324, 'refused insufficient-margin'],
      ] as const) {
        const book = openWith(amount, { terms });
        book.quote(2_999, 3_003);
        assert.equal(book.buy(1)[0], outcome);
      }
    });

    it('where the other side of a hedge needs no more margin, but costs and spread', () => {
      // Long 7: free 0 + 59. A short of 7 adds commission 31 and spread 28.
      for (const [more, outcome] of [
        [59, 'accepted o2'],
        [58, 'refused insufficient-margin'],
      ] as const) {
        const book = openWith(needs + more, { terms });
        book.quote(2_999, 3_003);
        book.buy(7);
        assert.equal(book.sell(7)[0], outcome);
      }
    });

    it('with what other positions have gained or lost', () => {
      for (const [price, outcome] of [
        [1_100, 'accepted o2'],
        [1_099, 'refused insufficient-margin'],
      ] as const) {
        // Used 100, free 10 at 1,000; a second at 1,100 needs 110 more.
        const book = openWith(110);
        book.quote(1_000, 1_000);
        book.buy(1);
        book.list({ asset: 'UVW', tickValue: 1 });
        book.quote(1_100, 1_100, { asset: 'UVW' });
        book.quote(price, price);
        assert.equal(book.buy(1, { asset: 'UVW' })[0], outcome);
      }
    });

    it('with both commissions of a netting fill that flips', () => {
      // Long 2 at 3,003 with 601 of margin and 20 of commission. Sell 9 at 2,999: 2 close, 7 open.
      // After: realized −8, commissions 20 (5,998) and 31 (20,993), margin 2,100, spread 28, and 20 paid
      // before: in all 2,207.
      for (const [amount, outcome] of [
        [2_207, 'accepted o2'],
        [2_206, 'refused insufficient-margin'],
      ] as const) {
        const book = openWith(amount, { terms, mode: 'netting' });
        book.quote(2_999, 3_003);
        book.buy(2);
        assert.equal(book.sell(9)[0], outcome);
      }
    });

    it('needs no margin to reduce', () => {
      const book = openWith(needs, { terms, mode: 'netting' });
      book.quote(2_999, 3_003);
      book.buy(7);
      assert.deepEqual(book.sell(3)[0], 'accepted o2');
    });

    it('rejects a pending order that triggers without margin', () => {
      const book = openWith(100);
      book.quote(1_100, 1_100);
      book.limit('buy', 1, 1_001);
      assert.deepEqual(book.quote(1_001, 1_001), ['rejected o1 insufficient-margin']);
      book.limit('buy', 1, 1_000);
      assert.equal(book.quote(1_000, 1_000)[1], 'filled o2');
    });

    it('holds for any fill: what was accepted has free margin, what was refused would not have had it', () => {
      const arbitrary = fc.record({
        amount: fc.integer({ min: 1, max: 30_000 }),
        bid: fc.integer({ min: 1, max: 3_000 }),
        spread: fc.integer({ min: 0, max: 40 }),
        quantity: fc.integer({ min: 1, max: 60 }),
        side: fc.constantFrom('buy', 'sell'),
        commissionPpm: fc.integer({ min: 0, max: 20_000 }),
      });
      fc.assert(
        fc.property(arbitrary, ({ amount, bid, spread, quantity, side, commissionPpm }) => {
          const poor = openWith(amount, { terms: { commissionPpm } });
          const rich = openWith(1e9, { terms: { commissionPpm } });
          for (const book of [poor, rich]) book.quote(bid, bid + spread);
          const [outcome] = poor.place(side, 'market', quantity);
          rich.place(side, 'market', quantity);
          const free = equity(rich.account) - 1e9 + amount - rich.account.usedMargin;
          assert.equal(outcome, free >= 0 ? 'accepted o1' : 'refused insufficient-margin');
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('is refused as too large', () => {
    const huge = { tickValue: 1, quantityMax: MAX, netQuantityMax: MAX };
    const profile = { notionalMax: MAX as Micros };

    it('where its notional leaves the integers that are exact', () => {
      const book = openWith(1e9, { terms: { ...huge, priceMax: 2 ** 30 }, profile });
      book.quote(2 ** 30, 2 ** 30);
      assert.deepEqual(book.buy(2 ** 23), ['refused amount-too-large']);
      assert.deepEqual(book.figures, { notional: 2 ** 53, max: MAX });
    });

    it('where a price within the limits would make its profit leave them', () => {
      // 2 × (2³⁰ − 1) × 2²² leaves them, with what is on the account; half of it does not.
      const book = openWith(1e9, { terms: { ...huge, priceMax: 2 ** 30 }, profile });
      book.quote(2, 2);
      assert.deepEqual(book.buy(2 ** 22), ['refused amount-too-large']);
      assert.deepEqual(book.buy(2 ** 21)[0], 'accepted o1');
      assert.deepEqual(book.buy(2 ** 21), ['refused amount-too-large']);
    });

    it('where one step of a price without bound is too much', () => {
      const book = openWith(1e9, { terms: { ...huge, priceMax: MAX }, profile });
      book.quote(1, 1);
      assert.deepEqual(book.buy(1), ['refused amount-too-large']);
    });

    it('as a pending order, when it triggers', () => {
      const book = openWith(1e9, { terms: { ...huge, priceMax: 2 ** 30 }, profile });
      book.quote(10, 10);
      book.limit('buy', 2 ** 22, 2);
      assert.deepEqual(book.quote(2, 2), ['rejected o1 amount-too-large']);
    });
  });

  it('leaves every figure exact at every price within the limits', () => {
    const priceMax = 2 ** 28;
    const price = fc.oneof(fc.integer({ min: 1, max: priceMax }), fc.constantFrom(1, 2, priceMax - 1, priceMax));
    const step = fc.record({ price, exponent: fc.integer({ min: 0, max: 25 }), side: fc.constantFrom('buy', 'sell') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: MAX }), (walk, amount) => {
        const book = openWith(amount, {
          terms: { tickValue: 1, quantityMax: MAX, netQuantityMax: MAX, priceMax },
          profile: { notionalMax: MAX as Micros, leverage: { ...plainProfile.leverage, crypto: thousandfold } },
        });
        for (const { price, exponent, side } of walk) {
          book.quote(price, price);
          book.place(side, 'market', 2 ** exponent);
          let exact = BigInt(book.account.balance);
          for (const position of book.shard.positions.values()) {
            const gained = BigInt(price) * BigInt(position.quantity) - BigInt(position.cost);
            exact += position.side === 'long' ? gained : -gained;
          }
          assert.ok(Number.isSafeInteger(equity(book.account)));
          assert.equal(BigInt(equity(book.account)), exact);
          assert.deepEqual(conservationReport(book.shard).faults, []);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const thousandfold = [{ notionalMax: null, leverage: 1_000 }];
