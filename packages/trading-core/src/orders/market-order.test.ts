import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type OrderGiven, openBook } from '../testing/book.ts';

describe('a market order', () => {
  it('buys at the ask and sells at the bid, and is closed at the other side', () => {
    const rows = [
      // side, bid, ask, opens at, closes at, loses the spread of 10
      ['buy', 100, 102, 102, 100, -20],
      ['sell', 100, 102, 100, 102, -20],
      ['buy', 100, 100, 100, 100, 0],
      ['sell', 100, 100, 100, 100, 0],
      ['buy', 1, 100_000, 100_000, 1, -999_990],
      ['sell', 1, 100_000, 1, 100_000, -999_990],
    ] as const;
    for (const [side, bid, ask, open, close, pnl] of rows) {
      const book = openBook({ deposit: 2_000_000 });
      book.quote(bid, ask);
      const other = side === 'buy' ? 'sell' : 'buy';
      assert.deepEqual(book.place(side, 'market', 10), [
        'accepted o1',
        `opened p1 ${side} 10 @ ${open} by market`,
        'filled o1',
      ]);
      assert.deepEqual(book.close(1), [`closed p1 ${other} 10 @ ${close} by close, pnl ${pnl}`]);
      assert.equal(book.balance, 2_000_000 + pnl);
    }
  });

  it('records the facts that explain its fill', () => {
    const book = openBook({ terms: { commissionPpm: 1_000 } });
    book.quote(100, 102, { sequence: 7 });
    book.buy(10);
    const opened = book.events.at(-2);
    assert(opened?.type === 'position-opened');
    assert.deepEqual(opened.fill, {
      id: 1,
      orderId: 1,
      positionId: 1,
      asset: 'XYZ',
      side: 'buy',
      quantity: 10,
      price: 102,
      rule: 'market',
      level: null,
      quote: { asset: 'XYZ', bid: 100, ask: 102, sequence: 7, at: book.at, source: 'test', status: 'live' },
      realizedPnl: 0,
      commission: 1_020_000,
      rounding: 0,
      roundingCarry: 0,
    });
    assert.equal(opened.cost, 1_020);
  });

  it('fills within the slippage bound, either way, and the better price is the client’s', () => {
    const rows = [
      // side, seen, bound, bid, ask, price (undefined: refused)
      ['buy', 102, 0, 100, 102, 102],
      ['buy', 102, 0, 100, 103, undefined],
      ['buy', 102, 0, 100, 101, undefined],
      ['buy', 102, 3, 100, 105, 105],
      ['buy', 102, 3, 100, 106, undefined],
      ['buy', 102, 3, 98, 99, 99],
      ['buy', 102, 3, 97, 98, undefined],
      ['sell', 100, 0, 100, 102, 100],
      ['sell', 100, 0, 99, 102, undefined],
      ['sell', 100, 0, 101, 102, undefined],
      ['sell', 100, 3, 97, 102, 97],
      ['sell', 100, 3, 96, 102, undefined],
      ['sell', 100, 3, 103, 104, 103],
      ['sell', 100, 3, 104, 105, undefined],
    ] as const;
    for (const [side, seenPrice, slippageMax, bid, ask, price] of rows) {
      const book = openBook();
      book.quote(bid, ask);
      const told = book.place(side, 'market', 1, { seenPrice, slippageMax });
      if (price === undefined) {
        assert.deepEqual(told, ['refused slippage-exceeded']);
        assert.deepEqual(book.figures, { seenPrice, price: side === 'buy' ? ask : bid, slippageMax });
        assert.equal(book.account.openPositions, 0);
      } else assert.equal(told[1], `opened p1 ${side} 1 @ ${price} by market`);
    }
  });

  it('needs seen price and bound together, as whole numbers', () => {
    const rows: OrderGiven[] = [
      { seenPrice: 102 },
      { slippageMax: 1 },
      { seenPrice: 102, slippageMax: -1 },
      { seenPrice: 102, slippageMax: 0.5 },
      { seenPrice: 102.5, slippageMax: 1 },
      { seenPrice: Number.NaN, slippageMax: 1 },
      { seenPrice: 102, slippageMax: Number.POSITIVE_INFINITY },
    ];
    const book = openBook();
    book.quote(100, 102);
    for (const given of rows) assert.deepEqual(book.buy(1, given), ['refused invalid-command'], JSON.stringify(given));
    assert.deepEqual(book.limit('buy', 1, 90, { seenPrice: 102, slippageMax: 1 }), ['refused invalid-command']);
    assert.deepEqual(book.close(1, 1, { seenPrice: 100 }), ['refused invalid-command']);
  });

  it('takes a stop loss and a take profit that the closing side has yet to reach', () => {
    // A long is closed at the bid, 100; a short at the ask, 110.
    const rows = [
      ['buy', 'stopLoss', 99, 'taken'],
      ['buy', 'stopLoss', 100, 'refused'],
      ['buy', 'stopLoss', 105, 'refused'],
      ['buy', 'stopLoss', 111, 'refused'],
      ['buy', 'takeProfit', 101, 'taken'],
      ['buy', 'takeProfit', 100, 'refused'],
      ['buy', 'takeProfit', 99, 'refused'],
      ['sell', 'stopLoss', 111, 'taken'],
      ['sell', 'stopLoss', 110, 'refused'],
      ['sell', 'stopLoss', 105, 'refused'],
      ['sell', 'stopLoss', 99, 'refused'],
      ['sell', 'takeProfit', 109, 'taken'],
      ['sell', 'takeProfit', 110, 'refused'],
      ['sell', 'takeProfit', 111, 'refused'],
    ] as const;
    for (const [side, field, level, expected] of rows) {
      const book = openBook();
      book.quote(100, 110);
      const told = book.place(side, 'market', 1, { [field]: level });
      if (expected === 'taken') assert.equal(told.length, 3, `${side} ${field} ${level}`);
      else {
        assert.deepEqual(told, ['refused level-on-wrong-side'], `${side} ${field} ${level}`);
        assert.deepEqual(book.figures, { field, level, price: side === 'buy' ? 100 : 110 });
      }
    }
  });

  it('tells the stop loss first when both lie on the wrong side', () => {
    const book = openBook();
    book.quote(100, 110);
    book.buy(1, { stopLoss: 100, takeProfit: 100 });
    assert.equal(book.figures.field, 'stopLoss');
  });

  it('is refused, not kept, when it cannot be filled', () => {
    const book = openBook({ deposit: 100 });
    book.quote(100, 102);
    // Margin 0.1 × 10 × 102 = 102, the spread 20: 100 − 20 − 102 = −22.
    assert.deepEqual(book.buy(10), ['refused insufficient-margin']);
    assert.deepEqual(book.figures, {
      freeMargin: -22_000_000,
      equity: 80_000_000,
      usedMargin: 102_000_000,
      commission: 0,
      spread: 20_000_000,
    });
    book.deposit(22);
    assert.deepEqual(book.buy(10), [
      'accepted o1',
      'opened p1 buy 10 @ 102 by market',
      'filled o1',
      'margin-called A equity 102 used 102',
    ]);
    assert.equal(book.shard.orders.size, 0);
  });
});
