import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';

/** Quote 100 / 110; position 1 long or short with levels all round. */
function bookWithPosition(side: 'buy' | 'sell'): Book {
  const book = openBook();
  book.quote(100, 110);
  const levels = side === 'buy' ? { stopLoss: 80, takeProfit: 130 } : { stopLoss: 130, takeProfit: 80 };
  book.place(side, 'market', 10, { ...levels, trailingDistance: 25 });
  return book;
}

function levelsOf(book: Book): unknown[] {
  const { stopLoss, takeProfit, trailing } = book.position(1);
  return [stopLoss, takeProfit, trailing?.distance ?? null];
}

describe('modify-position', () => {
  it('changes what is named and leaves the rest; null takes away', () => {
    const rows = [
      ['buy', { stopLoss: 99 }, [99, 130, 25]],
      ['buy', { takeProfit: 101 }, [80, 101, 25]],
      ['buy', { trailingDistance: 1 }, [80, 130, 1]],
      ['buy', { stopLoss: null }, [null, 130, 25]],
      ['buy', { takeProfit: null }, [80, null, 25]],
      ['buy', { trailingDistance: null }, [80, 130, null]],
      ['buy', { stopLoss: null, takeProfit: null, trailingDistance: null }, [null, null, null]],
      ['buy', {}, [80, 130, 25]],
      ['sell', { stopLoss: 111 }, [111, 80, 25]],
      ['sell', { takeProfit: 109 }, [130, 109, 25]],
      ['sell', { trailingDistance: 1 }, [130, 80, 1]],
      ['sell', { stopLoss: null, takeProfit: null, trailingDistance: null }, [null, null, null]],
    ] as const;
    for (const [side, change, levels] of rows) {
      const book = bookWithPosition(side);
      assert.equal(book.modifyPosition(1, change).length, 1);
      assert.deepEqual(levelsOf(book), levels, `${side} ${JSON.stringify(change)}`);
    }
  });

  it('moves the level that sets it off', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90 });
    book.modifyPosition(1, { stopLoss: 80 });
    assert.deepEqual(book.quote(85, 87), []);
    book.modifyPosition(1, { stopLoss: null });
    assert.deepEqual(book.quote(70, 72), []);
    book.modifyPosition(1, { stopLoss: 69 });
    assert.deepEqual(book.quote(69, 71), ['closed p1 sell 10 @ 69 by stop-loss at 69, pnl -330']);
  });

  it('refuses a level on the wrong side of the closing price, and leaves the position as it was', () => {
    const rows = [
      // A long is closed at the bid, 100; a short at the ask, 110.
      ['buy', 'stopLoss', 100],
      ['buy', 'stopLoss', 105],
      ['buy', 'takeProfit', 100],
      ['buy', 'takeProfit', 99],
      ['sell', 'stopLoss', 110],
      ['sell', 'stopLoss', 105],
      ['sell', 'takeProfit', 110],
      ['sell', 'takeProfit', 111],
    ] as const;
    for (const [side, field, level] of rows) {
      const book = bookWithPosition(side);
      const before = levelsOf(book);
      assert.deepEqual(book.modifyPosition(1, { [field]: level }), ['refused level-on-wrong-side']);
      assert.deepEqual(book.figures, { field, level, price: side === 'buy' ? 100 : 110 });
      assert.deepEqual(levelsOf(book), before);
    }
  });

  it('refuses the rest with the figures', () => {
    const bounds = { min: 1, max: 100_000 };
    const rows = [
      [{ stopLoss: 90.5 }, 'price-not-a-tick', { field: 'stopLoss', price: 90.5, ...bounds }],
      [{ takeProfit: 100_001 }, 'price-not-a-tick', { field: 'takeProfit', price: 100_001, ...bounds }],
      [{ trailingDistance: 0 }, 'price-not-a-tick', { field: 'trailingDistance', price: 0, ...bounds }],
      [{ trailingDistance: -5 }, 'price-not-a-tick', { field: 'trailingDistance', price: -5, ...bounds }],
      [{ account: 'nobody' }, 'unknown-account', { accountId: 'nobody' }],
      [{ account: 'B' }, 'position-not-open', { positionId: 1 }],
    ] as const;
    for (const [change, code, figures] of rows) {
      const book = bookWithPosition('buy');
      book.openAccount('B');
      assert.deepEqual(book.modifyPosition(1, change), [`refused ${code}`]);
      assert.deepEqual(book.figures, figures);
      assert.deepEqual(levelsOf(book), [80, 130, 25]);
    }
  });

  it('waits for a live quote and an end of a halt', () => {
    const book = bookWithPosition('buy');
    book.setState('reducing');
    assert.equal(book.modifyPosition(1, { stopLoss: 81 }).length, 1);
    book.setState('halted', null);
    assert.deepEqual(book.modifyPosition(1, { stopLoss: 82 }), ['refused instrument-halted']);
    assert.deepEqual(book.figures, { asset: 'XYZ', state: 'halted' });
    book.setState('active', null);
    book.quote(100, 110, { status: 'down' });
    assert.deepEqual(book.modifyPosition(1, { stopLoss: 82 }), ['refused price-not-live']);
    assert.deepEqual(book.figures, { asset: 'XYZ', status: 'down' });
  });
});
