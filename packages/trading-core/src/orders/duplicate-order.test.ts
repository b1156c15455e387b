import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOON, openBook } from '../testing/book.ts';

const body = {
  clientOrderId: 'mine',
  limitPrice: 95,
  stopLoss: 80,
  takeProfit: 120,
  trailingDistance: 10,
  timeInForce: 'gtd',
  expiresAt: NOON + 60_000,
} as const;

describe('a clientOrderId that comes again', () => {
  it('with the same body is answered with the first order, and nothing happens', () => {
    const book = openBook();
    book.quote(100, 102);
    assert.deepEqual(book.place('buy', 'limit', 10, body), ['accepted o1']);
    const { sequence } = book.shard;
    assert.deepEqual(book.place('buy', 'limit', 10, body), ['repeated o1']);
    book.quote(93, 95);
    assert.deepEqual(book.place('buy', 'limit', 10, body), ['repeated o1'], 'filled by now');
    assert.equal(book.account.openPositions, 1);
    assert.equal(book.shard.sequence, sequence + 2);
  });

  it('does not fill a market order twice', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { clientOrderId: 'mine' });
    book.quote(103, 105);
    assert.deepEqual(book.buy(10, { clientOrderId: 'mine' }), ['repeated o1']);
    assert.equal(book.account.openPositions, 1);
  });

  it('is recognised whatever has come in between', () => {
    const rows = ['halted', 'down', 'cancelled', 'expired', 'modified'] as const;
    for (const row of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.place('buy', 'limit', 10, body);
      if (row === 'halted') book.setState('halted', null);
      if (row === 'down') book.quote(100, 102, { status: 'down' });
      if (row === 'cancelled') book.cancel(1);
      if (row === 'modified') book.modifyOrder(1, { quantity: 20 });
      if (row === 'expired') book.advance(NOON + 60_000);
      assert.deepEqual(book.place('buy', 'limit', 10, body), ['repeated o1'], row);
    }
  });

  it('with another body is refused, whichever field differs', () => {
    const rows = [
      { limitPrice: 96 },
      { stopLoss: 81 },
      { takeProfit: 121 },
      { trailingDistance: 11 },
      { expiresAt: NOON + 60_001 },
      { asset: 'ABC' },
    ] as const;
    const book = openBook();
    book.list({ asset: 'ABC' });
    book.quote(100, 102);
    book.quote(100, 102, { asset: 'ABC' });
    book.place('buy', 'limit', 10, body);
    const refused = ['refused duplicate-client-order-id'];
    for (const change of rows) {
      assert.deepEqual(book.place('buy', 'limit', 10, { ...body, ...change }), refused, JSON.stringify(change));
      assert.deepEqual(book.figures, { clientOrderId: 'mine', orderId: 1 });
    }
    const { takeProfit, stopLoss, timeInForce, expiresAt, ...rest } = body;
    assert.deepEqual(book.place('buy', 'limit', 10, { ...rest, takeProfit, timeInForce, expiresAt }), refused);
    assert.deepEqual(book.place('buy', 'limit', 10, { ...rest, stopLoss, timeInForce, expiresAt }), refused);
    assert.deepEqual(book.place('buy', 'limit', 10, { ...rest, stopLoss, takeProfit }), refused);
    assert.deepEqual(book.place('buy', 'limit', 11, body), refused);
    assert.deepEqual(book.sell(10, { clientOrderId: 'mine' }), refused);
    assert.deepEqual(book.place('sell', 'limit', 10, body), refused);
    const { limitPrice: stopPrice, ...withoutPrice } = body;
    assert.deepEqual(book.place('sell', 'stop', 10, { ...withoutPrice, stopPrice }), refused);
    assert.deepEqual(book.place('buy', 'stop-limit', 10, { ...body, stopPrice: 110 }), refused);
    assert.equal(book.shard.orders.size, 1);
  });

  it('with another stop price is another body', () => {
    const book = openBook();
    book.quote(100, 102);
    const mine = { clientOrderId: 'mine' };
    assert.deepEqual(book.stopLimit('buy', 10, 110, 112, mine), ['accepted o1']);
    assert.deepEqual(book.stopLimit('buy', 10, 110, 112, mine), ['repeated o1']);
    assert.deepEqual(book.stopLimit('buy', 10, 111, 112, mine), ['refused duplicate-client-order-id']);
  });

  it('with another slippage bound is another body', () => {
    const book = openBook();
    book.quote(100, 102);
    const bound = { clientOrderId: 'mine', seenPrice: 102, slippageMax: 3 };
    assert.equal(book.buy(10, bound)[0], 'accepted o1');
    assert.deepEqual(book.buy(10, bound), ['repeated o1']);
    for (const change of [{ seenPrice: 103 }, { slippageMax: 4 }]) {
      assert.deepEqual(book.buy(10, { ...bound, ...change }), ['refused duplicate-client-order-id']);
    }
    assert.deepEqual(book.buy(10, { clientOrderId: 'mine' }), ['refused duplicate-client-order-id']);
  });

  it('is another order in another account', () => {
    const book = openBook();
    book.openAccount('B');
    book.quote(100, 102);
    assert.equal(book.buy(10, { clientOrderId: 'mine' })[0], 'accepted o1');
    assert.equal(book.buy(20, { clientOrderId: 'mine', account: 'B' })[0], 'accepted o2');
    assert.deepEqual(book.buy(10, { clientOrderId: 'mine' }), ['repeated o1']);
    assert.deepEqual(book.buy(20, { clientOrderId: 'mine', account: 'B' }), ['repeated o2']);
    assert.deepEqual(book.buy(20, { clientOrderId: 'mine' }), ['refused duplicate-client-order-id']);
  });

  it('is free after a refusal', () => {
    const book = openBook();
    assert.deepEqual(book.buy(10, { clientOrderId: 'mine' }), ['refused price-not-live']);
    book.quote(100, 102);
    assert.equal(book.buy(20, { clientOrderId: 'mine' })[0], 'accepted o1');
  });

  it('is remembered among the last orders only', () => {
    const book = openBook({ recentOrdersMax: 3 });
    book.openAccount('B');
    book.quote(100, 102);
    const places = [
      ['a', 'A'],
      ['a', 'B'],
      ['b', 'A'],
    ] as const;
    for (const [clientOrderId, account] of places) book.buy(1, { clientOrderId, account });
    assert.deepEqual(book.buy(1, { clientOrderId: 'a' }), ['repeated o1']);
    // The fourth order makes the first forgotten, the fifth the second.
    assert.equal(book.buy(1, { clientOrderId: 'c' })[0], 'accepted o4');
    assert.deepEqual(book.buy(1, { clientOrderId: 'a', account: 'B' }), ['repeated o2']);
    assert.equal(book.buy(2, { clientOrderId: 'a' })[0], 'accepted o5');
    assert.equal(book.buy(2, { clientOrderId: 'a', account: 'B' })[0], 'accepted o6');
    assert.deepEqual(book.buy(2, { clientOrderId: 'a' }), ['repeated o5']);
    assert.equal(book.shard.recentOrders.list().length, 3);
  });
});
