import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';
import { trailingLevel } from './position-levels.ts';

/** Long 10 at 102; quote 100 / 102. */
function long10(given: Parameters<typeof openBook>[0] = {}): Book {
  const book = openBook({ mode: 'netting', ...given });
  book.quote(100, 102);
  book.buy(10);
  return book;
}

describe('a netting account', () => {
  it('increases its position at the average price', () => {
    const book = long10();
    book.quote(110, 112);
    assert.deepEqual(book.buy(30), ['accepted o2', 'increased p1 buy 30 @ 112 by market', 'filled o2']);
    // 10 × 102 + 30 × 112.
    assert.deepEqual([book.position(1).quantity, book.position(1).cost], [40, 4_380]);
    assert.equal(book.usedMargin, 438);
    assert.equal(book.equity, 1_000_000 + 40 * 110 - 4_380);
  });

  it('reduces, closes or flips with an opposite fill', () => {
    const rows = [
      // sells, what happens, quantity and cost left, balance gained
      [4, ['reduced p1 sell 4 @ 100 by market, pnl -8'], 1, 'long', 6, 612, -8],
      [10, ['closed p1 sell 10 @ 100 by market, pnl -20'], undefined, undefined, 0, 0, -20],
      [
        25,
        ['closed p1 sell 10 @ 100 by market, pnl -20', 'opened p2 sell 15 @ 100 by market'],
        2,
        'short',
        15,
        1_500,
        -20,
      ],
    ] as const;
    for (const [quantity, expected, id, side, left, cost, gained] of rows) {
      const book = long10();
      assert.deepEqual(book.sell(quantity), ['accepted o2', ...expected, 'filled o2']);
      assert.equal(book.balance, 1_000_000 + gained);
      assert.equal(book.usedMargin, cost / 10);
      assert.equal(book.account.openPositions, id === undefined ? 0 : 1);
      if (id === undefined) continue;
      const position = book.position(id);
      assert.deepEqual([position.side, position.quantity, position.cost], [side, left, cost]);
    }
  });

  it('reduces, closes or flips a short with a buy', () => {
    const book = openBook({ mode: 'netting' });
    book.quote(100, 102);
    book.sell(10);
    book.quote(90, 92);
    assert.equal(book.buy(4)[1], 'reduced p1 buy 4 @ 92 by market, pnl 32');
    assert.deepEqual(book.buy(8).slice(1, 3), [
      'closed p1 buy 6 @ 92 by market, pnl 48',
      'opened p2 buy 2 @ 92 by market',
    ]);
    assert.equal(book.balance, 1_000_080);
  });

  it('shares the cost by quantity, rounded down, and loses none of it', () => {
    const book = openBook({ mode: 'netting' });
    book.quote(101, 101);
    book.buy(1);
    book.quote(102, 102);
    book.buy(2);
    book.quote(110, 110);
    // Cost 305 of 3: 101, then 102 of 204, then 102.
    assert.equal(book.sell(1)[1], 'reduced p1 sell 1 @ 110 by market, pnl 9');
    assert.equal(book.position(1).cost, 204);
    assert.deepEqual(book.close(1, 1), ['reduced p1 sell 1 @ 110 by close, pnl 8']);
    assert.deepEqual(book.close(1), ['closed p1 sell 1 @ 110 by close, pnl 8']);
    assert.equal(book.balance, 1_000_025);
  });

  it('replaces the levels that an increasing order brings, and keeps the others', () => {
    const rows = [
      [{}, undefined, [90, 120]],
      [{ stopLoss: 95 }, 'modified p1 SL 95 TP 120', [95, 120]],
      [{ takeProfit: 130 }, 'modified p1 SL 90 TP 130', [90, 130]],
      [{ stopLoss: 85, takeProfit: 140 }, 'modified p1 SL 85 TP 140', [85, 140]],
    ] as const;
    for (const [given, told, levels] of rows) {
      const book = openBook({ mode: 'netting' });
      book.quote(100, 102);
      book.buy(10, { stopLoss: 90, takeProfit: 120 });
      assert.equal(book.buy(5, given)[2], told ?? 'filled o2');
      assert.deepEqual([book.position(1).stopLoss, book.position(1).takeProfit], levels);
      assert.equal(book.market().longStopLosses.size, 1);
      const told2 = book.quote(levels[0], 200);
      assert.deepEqual(
        told2.map((line) => line.split(' @')[0]),
        ['closed p1 sell 15'],
      );
    }
  });

  it('starts a trailing stop anew where an increasing order brings one, else keeps its best price', () => {
    const book = openBook({ mode: 'netting' });
    book.quote(100, 102);
    book.buy(10, { trailingDistance: 10 });
    book.quote(120, 122);
    book.quote(115, 117);
    book.buy(5, { takeProfit: 200 });
    assert.equal(trailingLevel(book.position(1)), 110);
    book.buy(5, { trailingDistance: 20 });
    assert.equal(trailingLevel(book.position(1)), 95);
    assert.equal(book.position(1).takeProfit, 200);
  });

  it('leaves the levels of what is reduced, and gives a flip its own', () => {
    const book = openBook({ mode: 'netting' });
    book.quote(100, 102);
    book.buy(10, { stopLoss: 90 });
    book.sell(4, { stopLoss: 110, takeProfit: 80 });
    assert.deepEqual([book.position(1).stopLoss, book.position(1).takeProfit], [90, null]);
    assert.equal(book.sell(9, { stopLoss: 111, takeProfit: 81 })[2], 'opened p2 sell 3 @ 100 by market SL 111 TP 81');
    assert.equal(book.market().longStopLosses.size, 0);
  });

  it('nets what a pending order fills', () => {
    const book = long10();
    book.limit('sell', 25, 110);
    assert.deepEqual(book.quote(112, 114), [
      'closed p1 sell 10 @ 112 by limit at 110, pnl 100',
      'opened p2 sell 15 @ 112 by limit at 110',
      'filled o2',
    ]);
  });

  it('pays commission for each of the two fills of a flip, at least the minimum', () => {
    const book = openBook({ mode: 'netting', terms: { commissionPpm: 1_000, commissionMin: 1_200_000 } });
    book.quote(100, 102);
    book.buy(10);
    assert.deepEqual(book.sell(25).slice(1, 3), [
      'closed p1 sell 10 @ 100 by market, commission 1.2, pnl -20',
      'opened p2 sell 15 @ 100 by market, commission 1.5',
    ]);
    assert.equal(book.balance, 999_976.1);
  });

  it('flips only if the margin suffices for what is opened, and otherwise changes nothing', () => {
    const book = long10({ deposit: 200 });
    // 20 opened at 100: margin 200; equity 200 − 20 lost by the spread of the long − 40 of the short.
    assert.deepEqual(book.sell(30), ['refused insufficient-margin']);
    assert.deepEqual(book.figures, {
      freeMargin: -60_000_000,
      equity: 140_000_000,
      usedMargin: 200_000_000,
      commission: 0,
      spread: 40_000_000,
    });
    assert.equal(book.position(1).quantity, 10);
    assert.equal(book.sell(20)[2], 'opened p2 sell 10 @ 100 by market');
  });

  it('keeps its instruments apart', () => {
    const book = openBook({ mode: 'netting' });
    book.list({ asset: 'ABC' });
    book.quote(100, 102);
    book.quote(100, 102, { asset: 'ABC' });
    book.buy(10);
    assert.equal(book.sell(10, { asset: 'ABC' })[1], 'opened p2 sell 10 @ 100 by market');
  });
});
