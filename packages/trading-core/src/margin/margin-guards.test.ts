import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Account } from '../accounts/account.ts';
import type { Event } from '../event.ts';
import { type Book, openBook } from '../testing/book.ts';
import { marginSteps, openRandomBook, type RandomStep, randomSteps, take } from '../testing/random-steps.ts';
import { reviewMargin } from './review-margin.ts';

/** Equity from positions and quotes alone, in bigint. */
function exactEquity(account: Account): bigint {
  let sum = BigInt(account.balance);
  for (const { firstPosition, market } of account.legs) {
    for (let position = firstPosition; position !== null; position = position.next) {
      const price = position.side === 'long' ? market.quote?.bid : market.quote?.ask;
      const gained = BigInt(price ?? 0) * BigInt(position.quantity) - BigInt(position.cost);
      sum += (position.side === 'long' ? gained : -gained) * BigInt(market.terms.tickValue);
    }
  }
  return sum;
}

/** What holds of every account at any time, if none was overlooked. */
function assertNobodyIsOverlooked(book: Book): void {
  for (const account of book.shard.accounts.values()) {
    if (account.openPositions === 0) {
      assert.ok(!account.isMarginCalled, account.id);
      continue;
    }
    const hundredfold = exactEquity(account) * 100n;
    const used = BigInt(account.usedMargin);
    assert.ok(hundredfold > used * 100n || account.isMarginCalled, `${account.id} should have been called`);
    assert.ok(hundredfold <= used * 110n || !account.isMarginCalled, `${account.id} should have been cleared`);
    const isLive = account.legs.some(({ market }) => market.quote?.status === 'live');
    assert.ok(hundredfold > used * 50n || !isLive, `${account.id} should have been stopped out`);
  }
}

/** Reviews everybody, as if there were no guards. */
function reviewAll(book: Book): Event[] {
  const events: Event[] = [];
  for (const account of book.shard.accounts.values()) reviewMargin({ shard: book.shard, at: book.at, events }, account);
  return events;
}

const isWithoutHalts = (walk: readonly RandomStep[]) => walk.filter(({ step }) => step.do !== 'halt');

describe('margin guards', () => {
  it('overlook nobody who reaches a margin level', () => {
    fc.assert(
      fc.property(marginSteps, (walk) => {
        const book = openRandomBook();
        for (const step of walk) {
          take(book, step);
          assertNobodyIsOverlooked(book);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('overlook nobody whatever else happens', () => {
    fc.assert(
      fc.property(randomSteps.map(isWithoutHalts), (walk) => {
        const book = openRandomBook();
        for (const step of walk) {
          take(book, step);
          // A quote that is not live decides nothing; it is looked at with the next that is.
          assertNobodyIsOverlooked(book);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('give the same events as a review of every account at every quote', () => {
    fc.assert(
      fc.property(marginSteps, (walk) => {
        const guarded = openRandomBook();
        const naive = openRandomBook();
        for (const step of walk) {
          assert.deepEqual(take(guarded, step), take(naive, step));
          // Had the guards overlooked anybody, the naive review would find him here.
          assert.deepEqual(reviewAll(naive), []);
        }
        assert.deepEqual(guarded.events, naive.events);
      }),
      { numRuns: 200 },
    );
  });

  it('lie between the price and the level, and a quote between them touches nobody', () => {
    // A long of 1 bought at 1,000 with 1:10: the margin call comes at 900.
    const book = openBook({ deposit: 200 });
    book.quote(1_000, 1_000);
    book.buy(1);
    const { bidFloors, bidCeilings, askFloors, askCeilings } = book.market();
    const floor = bidFloors.firstLevel() ?? Number.NaN;
    assert.ok(floor >= 900 && floor < 1_000, `${floor}`);
    assert.deepEqual([bidCeilings.size, askFloors.size, askCeilings.size], [0, 0, 0]);
    for (const price of [5_000, floor + 1, 1_000, 99_999, floor + 1]) {
      book.quote(price, price + 500);
      assert.equal(bidFloors.firstLevel(), floor, `at ${price}`);
    }
    // At the floor: reviewed, found well, and guarded anew, nearer to 900.
    assert.deepEqual(book.quote(floor, floor), []);
    const next = bidFloors.firstLevel() ?? Number.NaN;
    assert.ok(next >= 900 && next < floor, `${next}`);
  });

  it('are set on both sides of a margin-called account, and only against losses of another', () => {
    const book = openBook({ deposit: 200 });
    book.quote(1_000, 1_000);
    book.sell(1);
    const { askCeilings, askFloors, bidFloors, bidCeilings } = book.market();
    assert.deepEqual([askCeilings.size, askFloors.size], [1, 0]);
    book.quote(1_100, 1_100); // called; stop-out at 1,150, cleared below 1,090
    const ceiling = askCeilings.firstLevel() ?? Number.NaN;
    const floor = askFloors.firstLevel() ?? Number.NaN;
    assert.ok(ceiling > 1_100 && ceiling <= 1_150, `${ceiling}`);
    assert.ok(floor < 1_100 && floor >= 1_089, `${floor}`);
    book.quote(1_050, 1_050);
    assert.deepEqual([askCeilings.size, askFloors.size], [1, 0]);
    book.close(1);
    assert.deepEqual([askCeilings.size, askFloors.size, bidFloors.size, bidCeilings.size], [0, 0, 0, 0]);
  });

  it('of two instruments hold when both prices use up their bands at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 2_000 }),
        (first, second, spare) => {
          const book = openBook({ deposit: 100 * first + 200 * second + spare });
          book.list({ asset: 'UVW' });
          book.quote(2_000, 2_000, { asset: 'UVW' });
          book.quote(1_000, 1_000);
          book.buy(first);
          book.sell(second, { asset: 'UVW' });
          const wasCalled = book.account.isMarginCalled;
          const floor = book.market().bidFloors.firstLevel() ?? Number.NaN;
          const ceiling = book.market('UVW').askCeilings.firstLevel() ?? Number.NaN;
          assert.deepEqual(book.quote(floor + 1, floor + 1), []);
          assert.deepEqual(book.quote(ceiling - 1, ceiling - 1, { asset: 'UVW' }), []);
          const level = book.usedMargin * (wasCalled ? 0.5 : 1);
          assert.ok(book.equity > level, `${book.equity} of ${book.usedMargin}`);
        },
      ),
    );
  });

  it('touch, of a thousand accounts, only those whose band a quote leaves', () => {
    const book = openBook({ deposit: 0 });
    book.quote(1_000, 1_000);
    for (let i = 0; i < 1_000; i += 1) {
      book.openAccount(`C${i}`, { deposit: 110 + i });
      book.buy(1, { account: `C${i}` });
    }
    const { bidFloors } = book.market();
    const levels = () =>
      Array.from(book.shard.accounts.values(), ({ legs }) => bidFloors.levelAt(legs[0]?.bidFloorSlot ?? -1)).slice(1);
    const before = levels();
    book.quote(900, 900);
    const after = levels();
    assert.equal(before.filter((level, i) => level < 900 && after[i] !== level).length, 0);
    const left = before.filter((level) => level >= 900).length;
    // Who has less than 200 is called, and who guards 75 % of the way to it may be reviewed: at most 110 + 100 / 0.75.
    assert.ok(left >= 90 && left <= 135, `${left}`);
    assert.equal(book.events.filter(({ type }) => type === 'margin-called').length, 91);
  });

  it('overlook nobody where prices are zero and below', () => {
    const terms = { priceMin: -1_000, priceMax: 1_000, tickValue: 1 };
    const step = fc.record({
      asset: fc.constantFrom('XYZ', 'UVW'),
      bid: fc.oneof(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -3, max: 3 })),
      spread: fc.integer({ min: 0, max: 2 }),
      side: fc.constantFrom('buy', 'sell', null, null),
      quantity: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (walk) => {
        const book = openBook({ terms, deposit: 0.001 });
        book.list({ ...terms, asset: 'UVW' });
        book.openAccount('B', { mode: 'netting', deposit: 0.001 });
        for (const { asset, bid, spread, side, quantity } of walk) {
          book.quote(bid, bid + spread, { asset });
          assertNobodyIsOverlooked(book);
          if (side === null) continue;
          book.place(side, 'market', quantity, { asset });
          book.place(side, 'market', quantity, { asset, account: 'B' });
          assertNobodyIsOverlooked(book);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('guard a leg whose price is zero', () => {
    const book = openBook({ terms: { priceMin: -1_000, priceMax: 1_000 }, deposit: 50 });
    book.quote(-1, 0);
    book.sell(10); // used 1, and the ask is 0
    assert.deepEqual(book.quote(0, 3), []); // −40
    assert.deepEqual(book.quote(0, 4).slice(0, 2), [
      'margin-called A equity 0 used 1',
      'stopped-out A equity 0 used 1',
    ]);
  });

  it('leave an account overdue whose level was reached unseen: the next quote of any leg that may act finds it', () => {
    const book = openBook({ deposit: 400 });
    book.list({ asset: 'UVW' });
    book.quote(1_000, 1_000, { asset: 'UVW' });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.buy(1, { asset: 'UVW' });
    book.setState('halted');
    // 150 of 200.
    assert.deepEqual(book.quote(750, 750), []);
    assert.deepEqual(book.quote(1_000, 1_000, { asset: 'UVW', status: 'down' }), []);
    assert.deepEqual(book.quote(999, 999, { asset: 'UVW' }), ['margin-called A equity 149 used 200']);
  });

  it('take an account that is well again off the overdue, in every instrument', () => {
    const book = openBook({ deposit: 400 });
    book.list({ asset: 'UVW' });
    book.quote(1_000, 1_000, { asset: 'UVW' });
    book.quote(1_000, 1_000);
    book.buy(1);
    book.buy(1, { asset: 'UVW' });
    const overdue = () => ['XYZ', 'UVW'].map((asset) => book.market(asset).overdue.size);
    book.setState('halted');
    book.quote(750, 750);
    assert.deepEqual(overdue(), [1, 1]);
    book.setState('active');
    assert.deepEqual(book.quote(1_000, 1_000), []);
    assert.deepEqual(overdue(), [0, 0]);
  });

  it('are gone with the positions', () => {
    fc.assert(
      fc.property(marginSteps, (walk) => {
        const book = openRandomBook();
        for (const step of walk) take(book, step);
        for (const asset of ['XYZ', 'UVW']) book.quote(1_000, 1_000, { asset });
        for (const id of book.shard.accounts.keys()) book.closeAll({ account: id });
        for (const { bidFloors, bidCeilings, askFloors, askCeilings } of book.shard.markets.values()) {
          assert.deepEqual([bidFloors.size, bidCeilings.size, askFloors.size, askCeilings.size], [0, 0, 0, 0]);
        }
      }),
    );
  });
});
