import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

const UNIT = 1_000_000;

describe('exposure limits', () => {
  it('of the account’s open positions', () => {
    const book = openBook({ profile: { openPositionsMax: 2 } });
    book.quote(100, 102);
    book.buy(1);
    book.sell(1);
    assert.deepEqual(book.buy(1), ['refused exposure-limit']);
    assert.deepEqual(book.figures, { limit: 'account-positions', current: 2, added: 1, max: 2 });
    book.close(1);
    assert.equal(book.buy(1)[0], 'accepted o3');
  });

  it('of positions do not count what a netting fill adds to, or flips', () => {
    const book = openBook({ mode: 'netting', profile: { openPositionsMax: 1 } });
    book.list({ asset: 'ABC' });
    book.quote(100, 102);
    book.quote(100, 102, { asset: 'ABC' });
    book.buy(1);
    assert.equal(book.buy(1)[1], 'increased p1 buy 1 @ 102 by market');
    assert.equal(book.sell(3)[2], 'opened p2 sell 1 @ 100 by market');
    assert.deepEqual(book.buy(1, { asset: 'ABC' }), ['refused exposure-limit']);
    assert.deepEqual(book.figures, { limit: 'account-positions', current: 1, added: 1, max: 1 });
  });

  it('of the account’s pending orders', () => {
    const book = openBook({ profile: { pendingOrdersMax: 2 } });
    book.quote(100, 102);
    book.limit('buy', 1, 95);
    book.stop('buy', 1, 110);
    assert.deepEqual(book.stopLimit('buy', 1, 110, 112), ['refused exposure-limit']);
    assert.deepEqual(book.figures, { limit: 'account-pending-orders', current: 2, added: 1, max: 2 });
    assert.equal(book.buy(1)[0], 'accepted o3');
    book.cancel(1);
    assert.deepEqual(book.limit('buy', 1, 95), ['accepted o4']);
  });

  it('of the account’s notional, at open prices', () => {
    const rows = [
      // Open 10 × 102 = 1,020. Buys more at 204; max, told
      [4, 1_836, undefined],
      [4, 1_835, { current: 1_020 * UNIT, added: 816 * UNIT, max: 1_835 * UNIT }],
      [5, 1_836, { current: 1_020 * UNIT, added: 1_020 * UNIT, max: 1_836 * UNIT }],
    ] as const;
    for (const [quantity, max, figures] of rows) {
      const book = openBook({ profile: { notionalMax: (max * UNIT) as never } });
      book.quote(100, 102);
      book.buy(10);
      book.quote(202, 204);
      const [told] = book.buy(quantity);
      if (figures === undefined) assert.equal(told, 'accepted o2');
      else {
        assert.equal(told, 'refused exposure-limit');
        assert.deepEqual(book.figures, { limit: 'account-notional', ...figures });
      }
    }
  });

  it('of the account’s notional take off what a flip closes', () => {
    const rows = [
      [29, undefined],
      [30, undefined],
      // 21 opened at 100, 10 closed that were opened at 102.
      [31, { limit: 'account-notional', current: 1_020 * UNIT, added: 1_080 * UNIT, max: 2_000 * UNIT }],
    ] as const;
    for (const [quantity, figures] of rows) {
      const book = openBook({ mode: 'netting', profile: { notionalMax: (2_000 * UNIT) as never } });
      book.quote(100, 102);
      book.buy(10);
      const [told] = book.sell(quantity);
      if (figures === undefined) assert.equal(told, 'accepted o2');
      else {
        assert.equal(told, 'refused exposure-limit');
        assert.deepEqual(book.figures, figures);
      }
    }
  });

  it('of the instrument’s net quantity, over all clients', () => {
    const rows = [
      // Clients are long 10 of at most 15.
      ['buy', 5, undefined],
      ['buy', 6, { current: 10, added: 6, max: 15 }],
      ['sell', 25, undefined],
      ['sell', 26, { current: 10, added: 26, max: 15 }],
    ] as const;
    for (const [side, quantity, figures] of rows) {
      const book = openBook({ terms: { netQuantityMax: 15 } });
      book.openAccount('B');
      book.quote(100, 102);
      book.buy(10);
      const [told] = book.place(side, 'market', quantity, { account: 'B' });
      if (figures === undefined) assert.equal(told, 'accepted o2');
      else {
        assert.equal(told, 'refused exposure-limit', `${side} ${quantity}`);
        assert.deepEqual(book.figures, { limit: 'instrument-net-quantity', ...figures });
      }
    }
  });

  it('of the net quantity, lowered below what is open, allow what brings it nearer', () => {
    const book = openBook({ terms: { netQuantityMax: 15 } });
    book.quote(100, 102);
    book.buy(10);
    book.list({ netQuantityMax: 5 });
    assert.deepEqual(book.buy(1), ['refused exposure-limit']);
    assert.equal(book.sell(3)[0], 'accepted o2');
    assert.deepEqual(book.close(2), ['closed p2 buy 3 @ 102 by close, pnl -6'], 'closing is never refused');
  });

  it('of the firm’s gross notional, both sides added', () => {
    const rows = [
      // A long 1,020 and a short 1,000 of at most …
      [2_020, undefined],
      [2_019, { current: 1_020 * UNIT, added: 1_000 * UNIT, max: 2_019 * UNIT }],
    ] as const;
    for (const [grossNotionalMax, figures] of rows) {
      const book = openBook({ grossNotionalMax });
      book.openAccount('B');
      book.list({ asset: 'ABC' });
      book.quote(100, 102);
      book.quote(100, 102, { asset: 'ABC' });
      book.buy(10);
      const [told] = book.sell(10, { account: 'B', asset: 'ABC' });
      if (figures === undefined) assert.equal(told, 'accepted o2');
      else {
        assert.equal(told, 'refused exposure-limit');
        assert.deepEqual(book.figures, { limit: 'firm-gross-notional', ...figures });
        book.close(1);
        assert.equal(book.sell(10, { account: 'B', asset: 'ABC' })[0], 'accepted o2');
      }
    }
  });

  it('are told the account’s first, then the instrument’s, then the firm’s', () => {
    const limits = ['account-positions', 'account-notional', 'instrument-net-quantity', 'firm-gross-notional'];
    for (const [index, limit] of limits.entries()) {
      const book = openBook({
        profile: { openPositionsMax: index > 0 ? 9 : 0, notionalMax: (index > 1 ? 9_999 * UNIT : 0) as never },
        terms: { netQuantityMax: index > 2 ? 9 : 0 },
        grossNotionalMax: 0,
      });
      book.quote(100, 102);
      assert.deepEqual(book.buy(1), ['refused exposure-limit']);
      assert.equal(book.figures.limit, limit);
    }
  });

  it('hold for a pending order when its turn comes', () => {
    const book = openBook({ profile: { openPositionsMax: 1 } });
    book.quote(100, 102);
    book.limit('buy', 1, 95);
    book.limit('buy', 1, 95);
    assert.deepEqual(book.quote(93, 95), [
      'opened p1 buy 1 @ 95 by limit at 95',
      'filled o1',
      'rejected o2 exposure-limit',
    ]);
    const rejected = book.events.at(-1);
    assert.ok(rejected?.type === 'order-rejected');
    assert.deepEqual(rejected.refusal.figures, { limit: 'account-positions', current: 1, added: 1, max: 1 });
  });
});

describe('the quantity of an order', () => {
  it('lies between the instrument’s limits', () => {
    const rows = [
      [5, undefined, {}],
      [50, undefined, {}],
      [4, 'quantity-below-minimum', { quantity: 4, min: 5 }],
      [0, 'quantity-below-minimum', { quantity: 0, min: 5 }],
      [-5, 'quantity-below-minimum', { quantity: -5, min: 5 }],
      [51, 'quantity-above-maximum', { quantity: 51, max: 50 }],
      [5.5, 'quantity-not-a-step', { quantity: 5.5 }],
      [4.5, 'quantity-not-a-step', { quantity: 4.5 }],
      [Number.POSITIVE_INFINITY, 'quantity-not-a-step', { quantity: Number.POSITIVE_INFINITY }],
    ] as const;
    for (const [quantity, code, figures] of rows) {
      for (const type of ['market', 'limit'] as const) {
        const book = openBook({ terms: { quantityMin: 5, quantityMax: 50 } });
        book.quote(100, 102);
        const [told] = book.place('buy', type, quantity, type === 'limit' ? { limitPrice: 95 } : {});
        assert.equal(told, code === undefined ? 'accepted o1' : `refused ${code}`, `${type} ${quantity}`);
        assert.deepEqual(book.figures, figures);
      }
    }
  });
});
