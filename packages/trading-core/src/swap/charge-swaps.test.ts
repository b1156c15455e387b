import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ledgerTransaction } from '../ledger/ledger-transaction.ts';
import { type Book, NOON, openBook, type TermsGiven } from '../testing/book.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The end of the Monday on which a book opens. */
const MIDNIGHT = NOON + 12 * HOUR;
const ended = 'trading-day-ended';

/** 3.6 % a year for longs, a hundredth of a percent a day; shorts are paid half of it. Notional at the mid 1,010. */
function bookWithSwap(terms: TermsGiven = {}): Book {
  const book = openBook({ terms: { swapLongPpm: 36_000, swapShortPpm: -18_000, ...terms } });
  book.quote(100, 102);
  return book;
}

describe('swaps', () => {
  it('are charged at midnight UTC, once, whatever comes again', () => {
    const book = bookWithSwap();
    book.buy(10);
    assert.deepEqual(book.advance(MIDNIGHT - 1), []);
    assert.deepEqual(book.advance(MIDNIGHT), ['swap p1 ×1 0.101', ended]);
    assert.deepEqual(book.advance(MIDNIGHT), []);
    assert.deepEqual(book.advance(MIDNIGHT + 1), []);
    assert.deepEqual(book.advance(MIDNIGHT + DAY - 1), []);
    assert.deepEqual(book.advance(MIDNIGHT + DAY), ['swap p1 ×1 0.101', ended]);
    assert.equal(book.account.balance, 1_000_000_000_000 - 202_000);
    assert.equal(book.position(1).swap, 202_000);
    assert.equal(book.shard.house['house:swap'].value, 202_000n);
  });

  it('of the days that time has jumped over are charged day by day', () => {
    const book = bookWithSwap();
    book.buy(10);
    book.sell(10);
    assert.deepEqual(book.advance(MIDNIGHT + 2 * DAY + HOUR), [
      ...Array<string>(3).fill('swap p1 ×1 0.101'),
      ...Array<string>(3).fill('swap p2 ×1 -0.0505'),
      ended,
    ]);
    assert.equal(book.account.balance, 1_000_000_000_000 - 303_000 + 151_500);
    assert.deepEqual(book.advance(MIDNIGHT + 2 * DAY + HOUR), []);
  });

  it('of forex are three on Wednesday and none at the weekend, day by day or in one jump', () => {
    const daily = bookWithSwap({ swapSchedule: 'triple-wednesday' });
    daily.buy(10);
    const expected = [1, 1, 3, 1, 1, 0, 0, 1];
    for (const [index, days] of expected.entries()) {
      const told = daily.advance(MIDNIGHT + index * DAY);
      assert.deepEqual(told, days === 0 ? [ended] : [`swap p1 ×${days} 0.${101 * days}`, ended]);
    }
    const jumping = bookWithSwap({ swapSchedule: 'triple-wednesday' });
    jumping.buy(10);
    jumping.advance(MIDNIGHT + 7 * DAY);
    assert.equal(jumping.account.balance, daily.account.balance);
    assert.equal(jumping.account.balance, 1_000_000_000_000 - 8 * 101_000);
  });

  it('are paid for the days at whose end the position was open', () => {
    const rows = [
      // opened, closed (hours from Monday noon), days paid by Thursday noon
      [0, undefined, 3],
      [11.999, undefined, 3],
      [12, undefined, 2],
      [12.001, undefined, 2],
      [0, 1, 0],
      [0, 11.999, 0],
      [11.999, 12.001, 1],
      [0, 36.001, 2],
      [12.001, 35.999, 0],
    ] as const;
    for (const [opened, closed, days] of rows) {
      const book = bookWithSwap();
      const moments = [opened, ...(closed === undefined ? [] : [closed])];
      // Time is told at each midnight, as the clock of a broker does.
      for (const hour of [12, 36, 60]) {
        for (const moment of moments.filter((other) => other < hour && other >= hour - 24)) {
          book.at = NOON + moment * HOUR;
          if (moment === opened) book.buy(10);
          else book.close(1);
        }
        book.advance(NOON + hour * HOUR);
      }
      const charged = book.events.filter((event) => event.type === 'swap-charged');
      assert.equal(charged.length, days, `${opened} to ${closed}`);
      assert.deepEqual(new Set(charged.map(({ day }) => day)).size, days);
    }
  });

  it('are not charged again by a clock that goes back', () => {
    const book = bookWithSwap();
    book.buy(10);
    assert.equal(book.advance(MIDNIGHT).length, 2);
    assert.deepEqual(book.advance(MIDNIGHT - HOUR), []);
    assert.deepEqual(book.advance(MIDNIGHT), []);
    assert.deepEqual(book.advance(NOON - 30 * DAY), []);
    assert.equal(book.advance(MIDNIGHT + DAY).length, 2);
  });

  it('of a day that has ended are not charged to a position opened after its end by a clock that is behind', () => {
    const book = bookWithSwap();
    book.advance(MIDNIGHT);
    book.at = MIDNIGHT - 1_000;
    book.buy(10);
    book.limit('buy', 10, 95);
    book.at = 0;
    // A source whose quotes tell no time.
    assert.equal(book.quote(93, 95).length, 2);
    const told = book.advance(MIDNIGHT + DAY);
    // Mid 94.
    assert.deepEqual(told, ['swap p1 ×1 0.094', 'swap p2 ×1 0.094', ended]);
  });

  it('are for what is open when the day ends', () => {
    const book = bookWithSwap();
    book.buy(10);
    book.close(1, 5);
    assert.deepEqual(book.advance(MIDNIGHT), ['swap p1 ×1 0.0505', ended]);
    const netting = openBook({ mode: 'netting', terms: { swapLongPpm: 36_000 } });
    netting.quote(100, 102);
    netting.buy(10);
    netting.buy(10);
    assert.deepEqual(netting.advance(MIDNIGHT), ['swap p1 ×1 0.202', ended]);
    netting.buy(10);
    assert.deepEqual(netting.advance(MIDNIGHT + HOUR), []);
  });

  it('are taken at the last live quote, halted or not', () => {
    const book = bookWithSwap();
    book.buy(10);
    book.quote(200, 204);
    book.quote(400, 404, { status: 'stale' });
    assert.deepEqual(book.advance(MIDNIGHT), ['swap p1 ×1 0.202', ended]);
    book.quote(300, 302);
    book.setState('halted', null);
    assert.deepEqual(book.advance(MIDNIGHT + DAY), ['swap p1 ×1 0.301', ended]);
  });

  it('are a ledger transaction of their own', () => {
    const book = bookWithSwap();
    book.sell(10);
    book.advance(MIDNIGHT);
    const charged = book.events.find((event) => event.type === 'swap-charged');
    assert.ok(charged !== undefined);
    assert.deepEqual(ledgerTransaction(charged), {
      cause: 'swap:1:20458',
      at: MIDNIGHT,
      entries: [
        { account: 'client:A', amount: 50_500 },
        { account: 'house:swap', amount: -50_500 },
      ],
    });
  });

  it('that are nothing are told once, and move no money', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10);
    assert.deepEqual(book.advance(MIDNIGHT), ['swap p1 ×1 0', ended]);
    assert.equal(book.balance, 1_000_000);
  });

  it('come after the orders that have expired', () => {
    const book = bookWithSwap();
    book.buy(10);
    book.limit('buy', 1, 95, { timeInForce: 'gtd', expiresAt: MIDNIGHT });
    assert.deepEqual(book.advance(MIDNIGHT), ['expired o2', 'swap p1 ×1 0.101', ended]);
  });

  it('can cost an account its position', () => {
    // At 100 % a year 1,000 costs 2.777778 a day. Equity 52 of 102 used, then 49.19…, below one half.
    const book = openBook({ deposit: 122, terms: { swapLongPpm: 1_000_000 } });
    book.quote(100, 102);
    book.buy(10);
    book.quote(95, 97);
    assert.equal(book.equity, 52);
    // Mid 96 × 10 / 360 = 2.666667.
    assert.deepEqual(book.advance(MIDNIGHT), [
      'swap p1 ×1 2.666667',
      ended,
      'stopped-out A equity 49.333333 used 102',
      'closed p1 sell 10 @ 95 by stop-out, pnl -70',
      'margin-call-cleared A',
    ]);
  });
});
