import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('cancel-order', () => {
  it('takes a pending order away, whatever the quote and the trading state', () => {
    const rows = ['live', 'stale', 'down', 'reducing', 'halted'] as const;
    for (const row of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.limit('buy', 10, 95);
      if (row === 'reducing' || row === 'halted') book.setState(row, null);
      else book.quote(100, 102, { status: row });
      assert.deepEqual(book.cancel(1), ['cancelled o1 by client'], row);
      assert.equal(book.account.pendingOrders, 0);
      book.setState('active', null);
      assert.deepEqual(book.quote(90, 95), []);
      assert.deepEqual(book.cancel(1), ['refused order-not-open']);
      assert.deepEqual(book.figures, { orderId: 1 });
    }
  });

  it('is for the account’s own pending orders', () => {
    const book = openBook();
    book.openAccount('B');
    book.quote(100, 102);
    book.limit('buy', 10, 95);
    assert.deepEqual(book.cancel(1, 'B'), ['refused order-not-open']);
    assert.deepEqual(book.cancel(1, 'C'), ['refused unknown-account']);
    assert.deepEqual(book.figures, { accountId: 'C' });
    book.quote(93, 95);
    assert.deepEqual(book.cancel(1), ['refused order-not-open']);
  });
});

describe('cancel-all-orders', () => {
  it('takes all away, or those in one asset, oldest first', () => {
    const book = openBook();
    book.list({ asset: 'ABC' });
    book.openAccount('B');
    book.quote(100, 102);
    book.quote(100, 102, { asset: 'ABC' });
    book.limit('buy', 1, 95);
    book.limit('buy', 1, 95, { asset: 'ABC' });
    book.stop('buy', 1, 110);
    book.limit('buy', 1, 95, { account: 'B' });
    book.stopLimit('sell', 1, 90, 91, { asset: 'ABC' });
    assert.deepEqual(book.cancelAll({ asset: 'ABC' }), ['cancelled o2 by client', 'cancelled o5 by client']);
    assert.deepEqual(book.cancelAll({ asset: 'ABC' }), []);
    assert.deepEqual(book.cancelAll({ asset: 'NO' }), ['refused unknown-instrument']);
    assert.deepEqual(book.cancelAll(), ['cancelled o1 by client', 'cancelled o3 by client']);
    assert.deepEqual(book.cancelAll(), []);
    assert.deepEqual(book.cancelAll({ account: 'C' }), ['refused unknown-account']);
    assert.deepEqual([...book.shard.orders.keys()], [4]);
  });

  it('leaves a list that can be added to and taken from in any order', () => {
    const book = openBook();
    book.quote(100, 102);
    for (let order = 1; order <= 5; order += 1) book.limit('buy', 1, 90 + order);
    for (const order of [3, 1, 5]) book.cancel(order);
    book.limit('buy', 1, 99);
    assert.deepEqual(book.cancelAll(), ['cancelled o2 by client', 'cancelled o4 by client', 'cancelled o6 by client']);
    assert.deepEqual([book.account.firstOrder, book.account.lastOrder, book.account.pendingOrders], [null, null, 0]);
    assert.equal(book.market().buyLimits.size, 0);
  });
});
