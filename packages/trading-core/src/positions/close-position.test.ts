import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('close-position', () => {
  it('closes a part, or all', () => {
    const rows = [
      ['buy', 10, undefined, 120, 122, 'closed p1 sell 10 @ 120 by close, pnl 180'],
      ['buy', 10, 10, 120, 122, 'closed p1 sell 10 @ 120 by close, pnl 180'],
      ['buy', 10, 3, 120, 122, 'reduced p1 sell 3 @ 120 by close, pnl 54'],
      ['buy', 10, 9, 80, 82, 'reduced p1 sell 9 @ 80 by close, pnl -198'],
      ['sell', 10, undefined, 78, 80, 'closed p1 buy 10 @ 80 by close, pnl 200'],
      ['sell', 10, 3, 78, 80, 'reduced p1 buy 3 @ 80 by close, pnl 60'],
      ['sell', 10, 9, 118, 120, 'reduced p1 buy 9 @ 120 by close, pnl -180'],
    ] as const;
    for (const [side, quantity, part, bid, ask, told] of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.place(side, 'market', quantity);
      book.quote(bid, ask);
      assert.deepEqual(book.close(1, part), [told]);
      const left = quantity - (part ?? quantity);
      assert.equal(book.shard.positions.get(1)?.quantity ?? 0, left);
      assert.equal(book.usedMargin, (left * (side === 'buy' ? 102 : 100)) / 10);
    }
  });

  it('refuses quantities with the figures', () => {
    const rows = [
      // minimum of an order, open, to close, told
      [1, 10, 0, 'quantity-below-minimum', { quantity: 0, min: 1 }],
      [1, 10, -1, 'quantity-below-minimum', { quantity: -1, min: 1 }],
      [1, 10, 11, 'quantity-above-maximum', { quantity: 11, max: 10 }],
      [1, 10, 1.5, 'quantity-not-a-step', { quantity: 1.5 }],
      [1, 10, Number.NaN, 'quantity-not-a-step', { quantity: Number.NaN }],
      [5, 12, 4, 'quantity-below-minimum', { quantity: 4, min: 5 }],
    ] as const;
    for (const [quantityMin, open, quantity, code, figures] of rows) {
      const book = openBook({ terms: { quantityMin } });
      book.quote(100, 102);
      book.buy(open);
      assert.deepEqual(book.close(1, quantity), [`refused ${code}`]);
      assert.deepEqual(book.figures, figures);
      assert.equal(book.position(1).quantity, open);
    }
  });

  it('can close what is left below the minimum of an order, in both modes', () => {
    for (const mode of ['hedging', 'netting'] as const) {
      const book = openBook({ mode, terms: { quantityMin: 5 } });
      book.quote(100, 102);
      book.buy(12);
      if (mode === 'hedging') book.close(1, 8);
      else book.sell(8);
      assert.equal(book.position(1).quantity, 4);
      assert.deepEqual(book.close(1, 3), ['refused quantity-below-minimum']);
      assert.deepEqual(book.figures, { quantity: 3, min: 4 });
      assert.deepEqual(book.close(1), ['closed p1 sell 4 @ 100 by close, pnl -8']);
    }
  });

  it('is for the account’s own open positions', () => {
    const book = openBook();
    book.openAccount('B');
    book.quote(100, 102);
    book.buy(10);
    assert.deepEqual(book.close(1, 1, { account: 'B' }), ['refused position-not-open']);
    assert.deepEqual(book.close(2), ['refused position-not-open']);
    assert.deepEqual(book.figures, { positionId: 2 });
    book.close(1);
    assert.deepEqual(book.close(1), ['refused position-not-open']);
  });

  it('fills within its slippage bound, either way', () => {
    const rows = [
      ['buy', 100, 2, 98, 100, 98],
      ['buy', 100, 2, 97, 100, undefined],
      ['buy', 100, 2, 102, 104, 102],
      ['buy', 100, 2, 103, 104, undefined],
      ['sell', 102, 0, 100, 102, 102],
      ['sell', 102, 0, 100, 103, undefined],
      ['sell', 102, 0, 100, 101, undefined],
    ] as const;
    for (const [side, seenPrice, slippageMax, bid, ask, price] of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.place(side, 'market', 10);
      book.quote(bid, ask);
      const [told] = book.close(1, undefined, { seenPrice, slippageMax });
      if (price === undefined) {
        assert.equal(told, 'refused slippage-exceeded');
        assert.deepEqual(book.figures, { seenPrice, price: side === 'buy' ? bid : ask, slippageMax });
      } else assert.equal(told?.split(' by')[0], `closed p1 ${side === 'buy' ? 'sell' : 'buy'} 10 @ ${price}`);
    }
  });

  it('never raises used margin, and adds up to a close of all', () => {
    const book = openBook();
    book.quote(99, 101);
    book.buy(7);
    book.quote(103, 104);
    let gained = 0;
    for (const part of [1, 3, 2, 1]) {
      const before = book.usedMargin;
      book.close(1, part);
      assert.ok(book.usedMargin < before);
      gained += part * 2;
      assert.equal(book.balance, 1_000_000 + gained);
    }
    assert.equal(book.account.openPositions, 0);
  });
});

describe('close-all-positions', () => {
  it('closes what can be closed, oldest first, and leaves the rest', () => {
    const rows = [
      // state of XYZ, of ABC, asset, told, left
      ['live', 'live', undefined, ['closed p1', 'closed p2', 'closed p3'], []],
      ['live', 'live', 'ABC', ['closed p2'], [1, 3]],
      ['live', 'stale', undefined, ['closed p1', 'closed p3'], [2]],
      ['down', 'live', undefined, ['closed p2'], [1, 3]],
      ['halted', 'live', undefined, ['closed p2'], [1, 3]],
      ['live', 'halted', undefined, ['closed p1', 'closed p3'], [2]],
      ['reducing', 'reducing', undefined, ['closed p1', 'closed p2', 'closed p3'], []],
      ['halted', 'halted', undefined, ['refused instrument-halted'], [1, 2, 3]],
      ['stale', 'stale', undefined, ['refused price-not-live'], [1, 2, 3]],
      ['live', 'stale', 'ABC', ['refused price-not-live'], [1, 2, 3]],
    ] as const;
    for (const [xyz, abc, asset, told, left] of rows) {
      const book = openBook();
      book.list({ asset: 'ABC' });
      book.openAccount('B');
      book.quote(100, 102);
      book.quote(100, 102, { asset: 'ABC' });
      book.buy(1);
      book.sell(1, { asset: 'ABC' });
      book.buy(1);
      book.buy(1, { account: 'B' });
      for (const [name, state] of [
        ['XYZ', xyz],
        ['ABC', abc],
      ] as const) {
        if (state === 'halted' || state === 'reducing') book.setState(state, name);
        else book.quote(100, 102, { asset: name, status: state });
      }
      const lines = book.closeAll(asset === undefined ? {} : { asset });
      assert.deepEqual(
        lines.map((line) => line.split(' ', 2).join(' ')),
        told,
      );
      assert.deepEqual([...book.shard.positions.keys()], [...left, 4]);
    }
  });

  it('of nothing is nothing', () => {
    const book = openBook();
    assert.deepEqual(book.closeAll(), []);
    assert.deepEqual(book.closeAll({ asset: 'XYZ' }), []);
  });

  it('leaves pending orders', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(1);
    book.limit('buy', 1, 95);
    book.closeAll();
    assert.equal(book.account.pendingOrders, 1);
  });
});
