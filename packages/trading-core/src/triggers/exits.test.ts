import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('stop loss, take profit and trailing stop', () => {
  it('are reached at the closing side, and fill at the quote', () => {
    const rows = [
      // A long opened at 102, a short at 100, of 10; situation, levels, quote, closes at, rule, level, pnl.
      ['bid one tick above', 'buy', { stopLoss: 90 }, 91, 93],
      ['bid equal', 'buy', { stopLoss: 90 }, 90, 92, 90, 'stop-loss', 90, -120],
      ['gap', 'buy', { stopLoss: 90 }, 70, 72, 70, 'stop-loss', 90, -320],
      ['ask far away', 'buy', { stopLoss: 90 }, 90, 500, 90, 'stop-loss', 90, -120],
      ['bid one tick below', 'buy', { takeProfit: 110 }, 109, 111],
      ['ask there, bid not', 'buy', { takeProfit: 110 }, 100, 110],
      ['bid equal', 'buy', { takeProfit: 110 }, 110, 112, 110, 'take-profit', 110, 80],
      ['gap, for the client', 'buy', { takeProfit: 110 }, 130, 132, 130, 'take-profit', 110, 280],
      ['bid one tick above', 'buy', { trailingDistance: 10 }, 91, 93],
      ['bid equal', 'buy', { trailingDistance: 10 }, 90, 92, 90, 'trailing-stop', 90, -120],
      ['gap', 'buy', { trailingDistance: 10 }, 70, 72, 70, 'trailing-stop', 90, -320],
      ['ask one tick below', 'sell', { stopLoss: 112 }, 109, 111],
      ['bid there, ask not, were it not crossed', 'sell', { stopLoss: 112 }, 111, 111],
      ['ask equal', 'sell', { stopLoss: 112 }, 110, 112, 112, 'stop-loss', 112, -120],
      ['gap', 'sell', { stopLoss: 112 }, 130, 132, 132, 'stop-loss', 112, -320],
      ['ask there by a wider spread', 'sell', { stopLoss: 112 }, 50, 112, 112, 'stop-loss', 112, -120],
      ['ask one tick above', 'sell', { takeProfit: 92 }, 91, 93],
      ['bid there, ask not', 'sell', { takeProfit: 92 }, 80, 93],
      ['ask equal', 'sell', { takeProfit: 92 }, 90, 92, 92, 'take-profit', 92, 80],
      ['gap, for the client', 'sell', { takeProfit: 92 }, 70, 72, 72, 'take-profit', 92, 280],
      ['ask one tick below', 'sell', { trailingDistance: 10 }, 109, 111],
      ['ask equal', 'sell', { trailingDistance: 10 }, 110, 112, 112, 'trailing-stop', 112, -120],
      ['gap', 'sell', { trailingDistance: 10 }, 130, 132, 132, 'trailing-stop', 112, -320],
    ] as const;
    for (const [situation, side, levels, bid, ask, price, rule, level, pnl = 0] of rows) {
      const label = `${side} ${JSON.stringify(levels)}: ${situation}`;
      for (const givenTo of ['order', 'position'] as const) {
        const book = openBook();
        book.quote(100, 102);
        book.place(side, 'market', 10, givenTo === 'order' ? levels : {});
        if (givenTo === 'position') book.modifyPosition(1, levels);
        const told = book.quote(bid, ask);
        if (price === undefined) {
          assert.deepEqual(
            told.filter((line) => !line.startsWith('best')),
            [],
            label,
          );
          assert.equal(book.account.openPositions, 1);
          continue;
        }
        const other = side === 'buy' ? 'sell' : 'buy';
        assert.deepEqual(told, [`closed p1 ${other} 10 @ ${price} by ${rule} at ${level}, pnl ${pnl}`], label);
        assert.equal(book.balance, 1_000_000 + pnl);
        assert.equal(book.account.openPositions, 0);
        assert.deepEqual(book.quote(bid, ask), [], 'closes once');
      }
    }
  });

  it('close what is left of a position after a partial close', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90 });
    assert.deepEqual(book.close(1, 4), ['reduced p1 sell 4 @ 100 by close, pnl -8']);
    assert.deepEqual(book.quote(90, 92), ['closed p1 sell 6 @ 90 by stop-loss at 90, pnl -72']);
  });

  it('leave with their position', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90, takeProfit: 110, trailingDistance: 5 });
    book.sell(10, { stopLoss: 112, takeProfit: 92, trailingDistance: 5 });
    book.closeAll();
    const market = book.market();
    assert.deepEqual(
      [market.longStopLosses, market.shortStopLosses, market.longTakeProfits, market.shortTakeProfits].map(
        ({ size }) => size,
      ),
      [0, 0, 0, 0],
    );
    assert.equal(market.longTrailingStops.first(), undefined);
    assert.equal(market.shortTrailingStops.first(), undefined);
    for (const [bid, ask] of [
      [1, 2],
      [500, 502],
    ] as const)
      assert.deepEqual(book.quote(bid, ask), []);
  });

  it('pay commission at the price of the fill', () => {
    const book = openBook({ terms: { commissionPpm: 1_000 } });
    book.quote(100, 102);
    assert.equal(book.buy(10, { stopLoss: 90 })[1], 'opened p1 buy 10 @ 102 by market, commission 1.02 SL 90');
    assert.deepEqual(book.quote(80, 82), ['closed p1 sell 10 @ 80 by stop-loss at 90, commission 0.8, pnl -220']);
    assert.equal(book.account.balance, 1_000_000_000_000 - 1_020_000 - 800_000 - 220_000_000);
  });
});
