import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('a pending order', () => {
  it('triggers at the side it trades at, and fills at the quote, better or worse than its level', () => {
    const rows = [
      // situation, type, side, level, bid, ask, price (undefined: waits)
      ['ask one tick off', 'limit', 'buy', 95, 93, 96, undefined],
      ['ask equal', 'limit', 'buy', 95, 93, 95, 95],
      ['gap to a better ask', 'limit', 'buy', 95, 80, 82, 82],
      ['bid there, ask not', 'limit', 'buy', 95, 95, 97, undefined],
      ['bid one tick off', 'limit', 'sell', 107, 106, 109, undefined],
      ['bid equal', 'limit', 'sell', 107, 107, 109, 107],
      ['gap to a better bid', 'limit', 'sell', 107, 120, 122, 120],
      ['ask there, bid not', 'limit', 'sell', 107, 105, 107, undefined],
      ['ask one tick off', 'stop', 'buy', 110, 108, 109, undefined],
      ['ask equal', 'stop', 'buy', 110, 108, 110, 110],
      ['gap to a worse ask', 'stop', 'buy', 110, 130, 132, 132],
      ['ask there by a wider spread', 'stop', 'buy', 110, 90, 110, 110],
      ['bid one tick off', 'stop', 'sell', 90, 91, 92, undefined],
      ['bid equal', 'stop', 'sell', 90, 90, 92, 90],
      ['gap to a worse bid', 'stop', 'sell', 90, 70, 72, 70],
      ['bid there by a wider spread', 'stop', 'sell', 90, 90, 120, 90],
    ] as const;
    for (const [situation, type, side, level, bid, ask, price] of rows) {
      const book = openBook();
      book.quote(100, 102);
      const given = type === 'limit' ? { limitPrice: level } : { stopPrice: level };
      assert.deepEqual(book.place(side, type, 10, given), ['accepted o1']);
      assert.equal(book.account.pendingOrders, 1);
      const told = book.quote(bid, ask);
      const filled = [`opened p1 ${side} 10 @ ${price} by ${type} at ${level}`, 'filled o1'];
      assert.deepEqual(told, price === undefined ? [] : filled, `${type} ${side}: ${situation}`);
      assert.equal(book.account.pendingOrders, price === undefined ? 1 : 0);
      assert.equal(book.shard.orders.size, price === undefined ? 1 : 0);
      if (price !== undefined) assert.equal(book.position(1).cost, price * 10);
    }
  });

  it('fills once', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 10, 95);
    assert.equal(book.quote(93, 95).length, 2);
    assert.deepEqual(book.quote(92, 94), []);
    assert.deepEqual(book.quote(93, 95), []);
  });

  it('is refused at a level that the price has reached', () => {
    const rows = [
      // Quote 100 / 102.
      ['limit', 'buy', 101, undefined],
      ['limit', 'buy', 102, 102],
      ['limit', 'buy', 103, 102],
      ['limit', 'sell', 101, undefined],
      ['limit', 'sell', 100, 100],
      ['limit', 'sell', 99, 100],
      ['stop', 'buy', 103, undefined],
      ['stop', 'buy', 102, 102],
      ['stop', 'buy', 101, 102],
      ['stop', 'sell', 99, undefined],
      ['stop', 'sell', 100, 100],
      ['stop', 'sell', 101, 100],
      ['stop-limit', 'buy', 103, undefined],
      ['stop-limit', 'buy', 102, 102],
      ['stop-limit', 'buy', 101, 102],
      ['stop-limit', 'sell', 99, undefined],
      ['stop-limit', 'sell', 100, 100],
      ['stop-limit', 'sell', 101, 100],
    ] as const;
    for (const [type, side, level, price] of rows) {
      const book = openBook();
      book.quote(100, 102);
      const field = type === 'limit' ? 'limitPrice' : 'stopPrice';
      const told = book.place(
        side,
        type,
        1,
        type === 'stop-limit' ? { stopPrice: level, limitPrice: 100 } : { [field]: level },
      );
      if (price === undefined) assert.deepEqual(told, ['accepted o1'], `${type} ${side} ${level}`);
      else {
        assert.deepEqual(told, ['refused level-on-wrong-side'], `${type} ${side} ${level}`);
        assert.deepEqual(book.figures, { field, level, price });
        assert.equal(book.account.pendingOrders, 0);
      }
    }
  });

  it('has its stop loss and take profit on their sides of the price it is to open at', () => {
    const rows = [
      // type, side, entry, field, level, taken
      ['limit', 'buy', 95, 'stopLoss', 94, true],
      ['limit', 'buy', 95, 'stopLoss', 95, false],
      ['limit', 'buy', 95, 'stopLoss', 96, false],
      ['limit', 'buy', 95, 'takeProfit', 96, true],
      ['limit', 'buy', 95, 'takeProfit', 95, false],
      ['limit', 'buy', 95, 'takeProfit', 94, false],
      ['limit', 'sell', 107, 'stopLoss', 108, true],
      ['limit', 'sell', 107, 'stopLoss', 107, false],
      ['limit', 'sell', 107, 'stopLoss', 106, false],
      ['limit', 'sell', 107, 'takeProfit', 106, true],
      ['limit', 'sell', 107, 'takeProfit', 107, false],
      ['limit', 'sell', 107, 'takeProfit', 108, false],
      ['stop', 'buy', 110, 'stopLoss', 109, true],
      ['stop', 'buy', 110, 'stopLoss', 110, false],
      ['stop', 'buy', 110, 'takeProfit', 111, true],
      ['stop', 'buy', 110, 'takeProfit', 110, false],
      ['stop', 'sell', 90, 'stopLoss', 91, true],
      ['stop', 'sell', 90, 'stopLoss', 90, false],
      ['stop', 'sell', 90, 'takeProfit', 89, true],
      ['stop', 'sell', 90, 'takeProfit', 90, false],
      // Opens at its limit price, 105 (95), not at its stop price.
      ['stop-limit', 'buy', 105, 'stopLoss', 104, true],
      ['stop-limit', 'buy', 105, 'stopLoss', 105, false],
      ['stop-limit', 'buy', 105, 'takeProfit', 106, true],
      ['stop-limit', 'buy', 105, 'takeProfit', 105, false],
      ['stop-limit', 'sell', 95, 'stopLoss', 96, true],
      ['stop-limit', 'sell', 95, 'stopLoss', 95, false],
      ['stop-limit', 'sell', 95, 'takeProfit', 94, true],
      ['stop-limit', 'sell', 95, 'takeProfit', 95, false],
    ] as const;
    for (const [type, side, price, field, level, isTaken] of rows) {
      const book = openBook();
      book.quote(100, 102);
      const stopPrice = side === 'buy' ? 110 : 90;
      const entry = {
        limit: { limitPrice: price },
        stop: { stopPrice: price },
        'stop-limit': { stopPrice, limitPrice: price },
      }[type];
      const told = book.place(side, type, 1, { ...entry, [field]: level });
      assert.deepEqual(
        told,
        [isTaken ? 'accepted o1' : 'refused level-on-wrong-side'],
        `${type} ${side} ${field} ${level}`,
      );
      if (!isTaken) assert.deepEqual(book.figures, { field, level, price });
    }
  });

  it('hands its levels to the position that it opens', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 10, 95, { stopLoss: 80, takeProfit: 120, trailingDistance: 30 });
    assert.deepEqual(book.quote(94, 95), [
      'opened p1 buy 10 @ 95 by limit at 95 SL 80 TP 120 trailing 30',
      'filled o1',
    ]);
    const { stopLoss, takeProfit, trailing } = book.position(1);
    assert.deepEqual([stopLoss, takeProfit, trailing?.distance], [80, 120, 30]);
    assert.deepEqual(book.quote(120, 121), ['best long 120', 'closed p1 sell 10 @ 120 by take-profit at 120, pnl 250']);
  });

  it('is rejected, with the figures, when margin does not suffice at its turn', () => {
    const book = openBook({ deposit: 100 });
    book.quote(100, 102);
    book.stop('buy', 10, 110);
    // Margin 110, spread 10: 100 − 10 − 110 = −20.
    assert.deepEqual(book.quote(109, 110), ['rejected o1 insufficient-margin']);
    const rejected = book.events.at(-1);
    assert(rejected?.type === 'order-rejected');
    assert.deepEqual(rejected.refusal.figures, {
      freeMargin: -20_000_000,
      equity: 90_000_000,
      usedMargin: 110_000_000,
      commission: 0,
      spread: 10_000_000,
    });
    assert.equal(rejected.quote.ask, 110);
    assert.equal(book.account.pendingOrders, 0);
    book.deposit(1_000);
    assert.deepEqual(book.quote(110, 111), []);
  });

  it('has prices from the instrument’s lowest to its highest', () => {
    const rows = [
      ['buy', 10, 'taken'],
      ['buy', 9, 'refused'],
      ['sell', 1_000, 'taken'],
      ['sell', 1_001, 'refused'],
    ] as const;
    for (const [side, price, expected] of rows) {
      const book = openBook({ terms: { priceMin: 10, priceMax: 1_000 } });
      book.quote(100, 102);
      assert.deepEqual(book.limit(side, 1, price), [expected === 'taken' ? 'accepted o1' : 'refused price-not-a-tick']);
      assert.equal(
        book.stop(side === 'buy' ? 'sell' : 'buy', 1, price)[0]?.startsWith(expected === 'taken' ? 'acc' : 'ref'),
        true,
      );
    }
  });

  it('needs the prices of its type and no others', () => {
    const rows = [
      ['market', { limitPrice: 90 }],
      ['market', { stopPrice: 110 }],
      ['limit', {}],
      ['limit', { limitPrice: 90, stopPrice: 110 }],
      ['stop', {}],
      ['stop', { limitPrice: 90, stopPrice: 110 }],
      ['stop-limit', { limitPrice: 90 }],
      ['stop-limit', { stopPrice: 110 }],
      ['stop-limit', {}],
    ] as const;
    const book = openBook();
    book.quote(100, 102);
    for (const [type, given] of rows) {
      assert.deepEqual(
        book.place('buy', type, 1, given),
        ['refused invalid-command'],
        `${type} ${JSON.stringify(given)}`,
      );
    }
  });
});
