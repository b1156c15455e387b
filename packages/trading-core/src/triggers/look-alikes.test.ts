import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('known bugs of public look-alikes', () => {
  it('a long’s take profit does not fire at once', () => {
    const book = openBook();
    book.quote(100, 110);
    // Above the bid, below the price it was opened at: the ask has "reached" it, the bid has not.
    book.buy(10, { takeProfit: 105 });
    assert.deepEqual(book.quote(100, 110), []);
    assert.deepEqual(book.quote(104, 114), []);
    assert.deepEqual(book.quote(105, 115), ['closed p1 sell 10 @ 105 by take-profit at 105, pnl -50']);
  });

  it('a trigger is tested and booked at the same side', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90 });
    book.sell(10, { stopLoss: 112 });
    assert.deepEqual(book.quote(91, 111), []);
    assert.deepEqual(book.quote(90, 112), [
      'closed p1 sell 10 @ 90 by stop-loss at 90, pnl -120',
      'closed p2 buy 10 @ 112 by stop-loss at 112, pnl -120',
    ]);
  });

  it('a spike of one quote is not missed', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90 });
    book.stop('buy', 1, 120);
    assert.deepEqual(book.quote(89, 91), ['closed p1 sell 10 @ 89 by stop-loss at 90, pnl -130']);
    assert.deepEqual(book.quote(100, 102), []);
    assert.deepEqual(book.quote(119, 121), ['opened p2 buy 1 @ 121 by stop at 120', 'filled o2']);
    assert.deepEqual(book.quote(100, 102), []);
  });

  it('a loss is not capped at the margin', () => {
    const book = openBook({ deposit: 10_000 });
    book.quote(100, 102);
    book.buy(100, { stopLoss: 60 });
    assert.equal(book.usedMargin, 1_020);
    assert.deepEqual(book.quote(50, 52), ['closed p1 sell 100 @ 50 by stop-loss at 60, pnl -5200']);
    assert.equal(book.balance, 4_800);
  });

  it('a stop loss is not filled at its level through a gap', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 99 });
    assert.deepEqual(book.quote(40, 42), ['closed p1 sell 10 @ 40 by stop-loss at 99, pnl -620']);
  });

  it('a negative balance is written off by a transaction, not clamped', () => {
    const book = openBook({ deposit: 5_000 });
    book.quote(100, 102);
    book.buy(100, { stopLoss: 60 });
    assert.deepEqual(book.quote(30, 32), [
      'closed p1 sell 100 @ 30 by stop-loss at 60, pnl -7200',
      'written-off A 2200',
    ]);
    assert.equal(book.balance, 0);
    const { house } = book.shard;
    assert.equal(house['house:pnl'].value, 7_200_000_000n);
    assert.equal(house['house:negative-balance-write-off'].value, -2_200_000_000n);
    assert.equal(house['external:deposits'].value, -5_000_000_000n);
  });
});
