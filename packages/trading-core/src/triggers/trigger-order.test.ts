import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';

describe('what one quote sets off', () => {
  it('comes by kind: exits before entries, stops before targets, limits before stops, longs before shorts', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stop('sell', 1, 90);
    book.limit('buy', 1, 95);
    book.sell(1, { takeProfit: 90 });
    book.buy(1, { stopLoss: 90 });
    // A halt holds all of these back, so that one quote can reach them together with those below.
    book.setState('halted');
    assert.deepEqual(book.quote(60, 62), []);
    book.setState('active');
    book.stop('buy', 1, 66);
    book.limit('sell', 1, 66);
    book.buy(1, { takeProfit: 65 });
    book.sell(1, { stopLoss: 68 });
    assert.deepEqual(book.quote(70, 72), [
      'closed p2 sell 1 @ 70 by stop-loss at 90, pnl -32',
      'closed p4 buy 1 @ 72 by stop-loss at 68, pnl -12',
      'closed p3 sell 1 @ 70 by take-profit at 65, pnl 8',
      'closed p1 buy 1 @ 72 by take-profit at 90, pnl 28',
      'opened p5 buy 1 @ 72 by limit at 95',
      'filled o2',
      'opened p6 sell 1 @ 70 by limit at 66',
      'filled o6',
      'opened p7 buy 1 @ 72 by stop at 66',
      'filled o5',
      'opened p8 sell 1 @ 70 by stop at 90',
      'filled o1',
    ]);
    assert.deepEqual(book.quote(70, 72), []);
  });

  it('of one kind comes by level, the one that the price came by first, and of equal levels the older first', () => {
    const rows = [
      // kind, side, levels in order of their age, quote that reaches all, ids in order
      ['stopLoss', 'buy', [95, 97, 93, 97], 80, 82, [2, 4, 1, 3]],
      ['stopLoss', 'sell', [110, 108, 112, 108], 120, 122, [2, 4, 1, 3]],
      ['takeProfit', 'buy', [110, 108, 112, 108], 120, 122, [2, 4, 1, 3]],
      ['takeProfit', 'sell', [95, 97, 93, 97], 80, 82, [2, 4, 1, 3]],
      ['trailingDistance', 'buy', [5, 3, 7, 3], 80, 82, [2, 4, 1, 3]],
      ['trailingDistance', 'sell', [5, 3, 7, 3], 120, 122, [2, 4, 1, 3]],
      ['limit', 'buy', [95, 97, 93, 97], 80, 82, [2, 4, 1, 3]],
      ['limit', 'sell', [110, 108, 112, 108], 120, 122, [2, 4, 1, 3]],
      ['stop', 'buy', [110, 108, 112, 108], 120, 122, [2, 4, 1, 3]],
      ['stop', 'sell', [95, 97, 93, 97], 80, 82, [2, 4, 1, 3]],
    ] as const;
    for (const [kind, side, levels, bid, ask, ids] of rows) {
      const book = openBook();
      book.quote(100, 102);
      for (const level of levels) {
        if (kind === 'limit') book.limit(side, 1, level);
        else if (kind === 'stop') book.stop(side, 1, level);
        else book.place(side, 'market', 1, { [kind]: level });
      }
      const told = book.quote(bid, ask);
      const isEntry = kind === 'limit' || kind === 'stop';
      const named = told.flatMap((line) => (isEntry ? /^filled o(\d)/ : /^closed p(\d)/).exec(line)?.[1] ?? []);
      assert.deepEqual(named, ids.map(String), `${kind} ${side}`);
    }
  });

  it('mixes stop losses and trailing stops by level and age', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(1, { stopLoss: 95 });
    book.buy(1, { trailingDistance: 4 });
    book.buy(1, { trailingDistance: 5 });
    book.buy(1, { stopLoss: 95 });
    book.buy(1, { trailingDistance: 6 });
    assert.deepEqual(
      book.quote(90, 92).map((line) => line.split(',')[0]),
      [
        'closed p2 sell 1 @ 90 by trailing-stop at 96',
        'closed p1 sell 1 @ 90 by stop-loss at 95',
        'closed p3 sell 1 @ 90 by trailing-stop at 95',
        'closed p4 sell 1 @ 90 by stop-loss at 95',
        'closed p5 sell 1 @ 90 by trailing-stop at 94',
      ],
    );
    book.quote(100, 102);
    book.sell(1, { trailingDistance: 5 });
    book.sell(1, { stopLoss: 107 });
    book.sell(1, { stopLoss: 106 });
    assert.deepEqual(
      book.quote(110, 112).map((line) => line.split(',')[0]),
      [
        'closed p8 buy 1 @ 112 by stop-loss at 106',
        'closed p6 buy 1 @ 112 by trailing-stop at 107',
        'closed p7 buy 1 @ 112 by stop-loss at 107',
      ],
    );
  });

  it('includes what an exit sets margin free for', () => {
    const book = openBook({ deposit: 150 });
    book.quote(100, 102);
    book.buy(10, { takeProfit: 110 });
    book.stop('buy', 10, 112);
    // With both open 214 would be used of 230 less the spread of 20.
    assert.deepEqual(book.quote(110, 112), [
      'closed p1 sell 10 @ 110 by take-profit at 110, pnl 80',
      'opened p2 buy 10 @ 112 by stop at 112',
      'filled o2',
    ]);
  });

  it('includes the exit of a position that it has opened beyond its own level', () => {
    const rows = [
      // situation, entry, levels, quote, expected
      ['limit through its stop loss', 'buy', 'limit', 95, { stopLoss: 90 }, 80, 82, 82, 80, 'stop-loss at 90', -2],
      [
        'stop through its take profit',
        'buy',
        'stop',
        110,
        { takeProfit: 115 },
        130,
        132,
        132,
        130,
        'take-profit at 115',
        -2,
      ],
      [
        'stop by a spread as wide as its stop loss',
        'buy',
        'stop',
        110,
        { stopLoss: 105 },
        104,
        115,
        115,
        104,
        'stop-loss at 105',
        -11,
      ],
      [
        'limit through its stop loss',
        'sell',
        'limit',
        110,
        { stopLoss: 115 },
        130,
        132,
        130,
        132,
        'stop-loss at 115',
        -2,
      ],
      ['stop through its take profit', 'sell', 'stop', 90, { takeProfit: 85 }, 70, 72, 70, 72, 'take-profit at 85', -2],
      [
        'stop by a spread as wide as its trailing stop',
        'sell',
        'stop',
        90,
        { stopLoss: 95 },
        85,
        95,
        85,
        95,
        'stop-loss at 95',
        -10,
      ],
    ] as const;
    for (const [situation, side, type, level, levels, bid, ask, opened, closed, rule, pnl] of rows) {
      const book = openBook();
      book.quote(100, 102);
      const entry = type === 'limit' ? { limitPrice: level } : { stopPrice: level };
      book.place(side, type, 1, { ...entry, ...levels });
      const told = book.quote(bid, ask);
      assert.equal(told.length, 3, `${side} ${situation}`);
      assert.ok(told[0]?.startsWith(`opened p1 ${side} 1 @ ${opened} by ${type} at ${level}`));
      assert.equal(told[2], `closed p1 ${side === 'buy' ? 'sell' : 'buy'} 1 @ ${closed} by ${rule}, pnl ${pnl}`);
    }
  });

  it('does not include a trailing stop opened at the same quote, which starts there', () => {
    const book = openBook();
    book.quote(100, 102);
    book.limit('buy', 1, 95, { trailingDistance: 1 });
    assert.equal(book.quote(80, 94).length, 2);
    assert.deepEqual(book.quote(79, 93), ['closed p1 sell 1 @ 79 by trailing-stop at 79, pnl -15']);
  });

  it('does not include what only the other side of the quote has reached', () => {
    // B's orders make every quote here one that sets off something.
    const rows = [
      ['long take profit', (book: Book) => book.buy(1, { takeProfit: 110 }), 109, 115],
      ['short take profit', (book: Book) => book.sell(1, { takeProfit: 90 }), 85, 91],
      ['buy limit', (book: Book) => book.limit('buy', 1, 90), 85, 91],
      ['sell limit', (book: Book) => book.limit('sell', 1, 110), 109, 115],
    ] as const;
    for (const [what, arrange, bid, ask] of rows) {
      const book = openBook();
      book.openAccount('B');
      book.quote(100, 102);
      arrange(book);
      book.stop('buy', 1, 105, { account: 'B' });
      book.stop('sell', 1, 95, { account: 'B' });
      const told = book.quote(bid, ask);
      assert.equal(told.length, 2, `${what}: ${told.join('; ')}`);
      assert.equal(book.accountOf('B').openPositions, 1);
    }
  });

  it('spans accounts, and stays with one instrument', () => {
    const book = openBook();
    book.list({ asset: 'ABC' });
    book.openAccount('B');
    book.quote(100, 102);
    book.quote(100, 102, { asset: 'ABC' });
    book.limit('buy', 1, 95, { account: 'B' });
    book.limit('buy', 2, 95);
    book.limit('buy', 3, 95, { asset: 'ABC' });
    assert.deepEqual(book.quote(90, 95), [
      'opened p1 buy 1 @ 95 by limit at 95',
      'filled o1',
      'opened p2 buy 2 @ 95 by limit at 95',
      'filled o2',
    ]);
    assert.equal(book.accountOf('B').openPositions, 1);
    assert.equal(book.shard.orders.size, 1);
  });
});
