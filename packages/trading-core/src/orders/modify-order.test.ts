import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';

/** Quote 100 / 102, and order 1: buy 10 at 95, SL 80, TP 120, trailing 30, good for a minute. */
function bookWithOrder(): Book {
  const book = openBook({ terms: { quantityMax: 1_000 } });
  book.quote(100, 102);
  const levels = { stopLoss: 80, takeProfit: 120, trailingDistance: 30 };
  book.limit('buy', 10, 95, { ...levels, timeInForce: 'gtd', expiresAt: book.at + 60_000 });
  return book;
}

describe('modify-order', () => {
  it('changes what is named and leaves the rest; null takes away', () => {
    const later = bookWithOrder().at + 90_000;
    const rows = [
      [{ quantity: 20 }, { quantity: 20 }],
      [{ limitPrice: 101 }, { limitPrice: 101 }],
      [{ stopLoss: 94 }, { stopLoss: 94 }],
      [{ takeProfit: 96 }, { takeProfit: 96 }],
      [{ trailingDistance: 1 }, { trailingDistance: 1 }],
      [{ expiresAt: later }, { expiresAt: later }],
      [{ stopLoss: null }, { stopLoss: null }],
      [{ takeProfit: null }, { takeProfit: null }],
      [{ trailingDistance: null }, { trailingDistance: null }],
      [{ expiresAt: null }, { expiresAt: null, timeInForce: 'gtc' }],
      [
        { limitPrice: 70, stopLoss: 60 },
        { limitPrice: 70, stopLoss: 60 },
      ],
      [{}, {}],
    ] as const;
    for (const [change, changed] of rows) {
      const book = bookWithOrder();
      const before = book.order(1).terms;
      assert.deepEqual(book.modifyOrder(1, change), ['modified o1'], JSON.stringify(change));
      assert.deepEqual(book.order(1).terms, { ...before, ...changed });
    }
  });

  it('gives an order good till cancelled a date', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stop('sell', 10, 90);
    book.modifyOrder(1, { expiresAt: book.at + 1 });
    assert.equal(book.order(1).terms.timeInForce, 'gtd');
    assert.deepEqual(book.advance(book.at + 1), ['expired o1']);
  });

  it('changes a stop price', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stop('buy', 10, 110);
    assert.deepEqual(book.modifyOrder(1, { stopPrice: 105 }), ['modified o1']);
    assert.deepEqual(book.modifyOrder(1, { stopPrice: 102 }), ['refused level-on-wrong-side']);
    assert.deepEqual(book.figures, { field: 'stopPrice', level: 102, price: 102 });
    assert.deepEqual(book.quote(103, 105), ['opened p1 buy 10 @ 105 by stop at 105', 'filled o1']);
  });

  it('refuses what would be refused of a new order, and leaves the order as it was', () => {
    const rows = [
      [{ quantity: 0 }, 'quantity-below-minimum', { quantity: 0, min: 1 }],
      [{ quantity: 1_001 }, 'quantity-above-maximum', { quantity: 1_001, max: 1_000 }],
      [{ quantity: 1.5 }, 'quantity-not-a-step', { quantity: 1.5 }],
      [{ limitPrice: 95.5 }, 'price-not-a-tick', { field: 'limitPrice', price: 95.5, min: 1, max: 100_000 }],
      [{ limitPrice: 0 }, 'price-not-a-tick', { field: 'limitPrice', price: 0, min: 1, max: 100_000 }],
      [{ stopLoss: 0 }, 'price-not-a-tick', { field: 'stopLoss', price: 0, min: 1, max: 100_000 }],
      [{ takeProfit: 100_001 }, 'price-not-a-tick', { field: 'takeProfit', price: 100_001, min: 1, max: 100_000 }],
      [{ trailingDistance: 0 }, 'price-not-a-tick', { field: 'trailingDistance', price: 0, min: 1, max: 100_000 }],
      [{ limitPrice: 102 }, 'level-on-wrong-side', { field: 'limitPrice', level: 102, price: 102 }],
      [{ stopLoss: 95 }, 'level-on-wrong-side', { field: 'stopLoss', level: 95, price: 95 }],
      [{ takeProfit: 95 }, 'level-on-wrong-side', { field: 'takeProfit', level: 95, price: 95 }],
      // The stop loss that stays, 80, would not be below the new price.
      [{ limitPrice: 80 }, 'level-on-wrong-side', { field: 'stopLoss', level: 80, price: 80 }],
      [{ stopPrice: 110 }, 'invalid-command', { reason: 'stopPrice is not used' }],
      [{ expiresAt: 1 }, 'invalid-command', { reason: 'expiresAt is not a moment to come' }],
      [{ account: 'nobody' }, 'unknown-account', { accountId: 'nobody' }],
      [{ account: 'B' }, 'order-not-open', { orderId: 1 }],
    ] as const;
    for (const [change, code, figures] of rows) {
      const book = bookWithOrder();
      book.openAccount('B');
      const before = book.order(1).terms;
      assert.deepEqual(book.modifyOrder(1, change), [`refused ${code}`], JSON.stringify(change));
      assert.deepEqual(book.figures, figures);
      assert.deepEqual(book.order(1).terms, before);
    }
  });

  it('needs a limit order’s limit only, and an order that is open', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stop('buy', 10, 110);
    assert.deepEqual(book.modifyOrder(1, { limitPrice: 90 }), ['refused invalid-command']);
    book.cancel(1);
    assert.deepEqual(book.modifyOrder(1, { stopPrice: 111 }), ['refused order-not-open']);
    assert.deepEqual(book.figures, { orderId: 1 });
    book.buy(1);
    assert.deepEqual(book.modifyOrder(2, { quantity: 2 }), ['refused order-not-open']);
  });

  it('waits at the new level, no longer at the old one', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 10, 95);
    book.modifyOrder(1, { limitPrice: 90, quantity: 5 });
    assert.deepEqual(book.quote(93, 95), []);
    assert.deepEqual(book.quote(89, 91), []);
    assert.deepEqual(book.quote(88, 90), ['opened p1 buy 5 @ 90 by limit at 90', 'filled o1']);
  });

  it('keeps the order’s age', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 10, 95);
    book.limit('buy', 20, 95);
    book.modifyOrder(1, { quantity: 30 });
    assert.deepEqual(book.quote(93, 95), [
      'opened p1 buy 30 @ 95 by limit at 95',
      'filled o1',
      'opened p2 buy 20 @ 95 by limit at 95',
      'filled o2',
    ]);
  });

  it('needs a live quote, and trading that is not halted', () => {
    const book = bookWithOrder();
    book.setState('halted');
    assert.deepEqual(book.modifyOrder(1, { quantity: 5 }), ['refused instrument-halted']);
    assert.deepEqual(book.figures, { asset: 'XYZ', state: 'halted' });
    book.setState('reducing');
    assert.deepEqual(book.modifyOrder(1, { quantity: 5 }), ['modified o1']);
    book.quote(100, 102, { status: 'stale' });
    assert.deepEqual(book.modifyOrder(1, { quantity: 6 }), ['refused price-not-live']);
    assert.deepEqual(book.figures, { asset: 'XYZ', status: 'stale' });
  });
});
