import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('a hedging account', () => {
  it('opens a position of its own with each fill', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10);
    book.buy(10);
    assert.deepEqual(book.sell(10), ['accepted o3', 'opened p3 sell 10 @ 100 by market', 'filled o3']);
    assert.equal(book.account.openPositions, 3);
    // Longs 2 × 1,020, shorts 1,000: the larger side at leverage 10.
    assert.equal(book.usedMargin, 204);
    // Each loses its spread of 20.
    assert.equal(book.equity, 1_000_000 - 60);
    assert.equal(book.balance, 1_000_000);
  });

  it('of a long and a short of equal size loses the spread, wherever the price goes', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10);
    book.sell(10);
    const rows = [
      [50, 52],
      [100, 102],
      [1_000, 1_002],
      [9, 11],
    ] as const;
    for (const [bid, ask] of rows) {
      book.quote(bid, ask);
      assert.equal(book.equity, 1_000_000 - 40);
    }
  });

  it('keeps the levels of each position apart', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90 });
    book.buy(5, { stopLoss: 80 });
    assert.deepEqual(book.quote(90, 92), ['closed p1 sell 10 @ 90 by stop-loss at 90, pnl -120']);
    assert.deepEqual(book.quote(80, 82), ['closed p2 sell 5 @ 80 by stop-loss at 80, pnl -110']);
  });
});
