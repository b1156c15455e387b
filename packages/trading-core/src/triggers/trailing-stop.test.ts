import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { trailingBest, trailingLevel } from '../positions/position-levels.ts';
import type { PositionSide } from '../positions/position-side.ts';
import { openBook } from '../testing/book.ts';

describe('a trailing stop', () => {
  it('follows the best closing price and never goes back', () => {
    const rows = [
      // Distance 10; a long opened at 100 / 102 starts at the bid, a short at the ask. Quotes with the level after each.
      [
        'buy',
        [
          [100, 102, 90],
          [101, 103, 91],
          [100, 102, 91],
          [120, 122, 110],
          [115, 200, 110],
          [119, 121, 110],
          [121, 123, 111],
        ],
      ],
      [
        'sell',
        [
          [100, 102, 112],
          [99, 101, 111],
          [100, 102, 111],
          [80, 82, 92],
          [20, 85, 92],
          [81, 83, 92],
          [79, 81, 91],
        ],
      ],
    ] as const;
    for (const [side, quotes] of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.place(side, 'market', 10, { trailingDistance: 10 });
      for (const [bid, ask, level] of quotes) {
        book.quote(bid, ask);
        assert.equal(trailingLevel(book.position(1)), level, `${side} after ${bid} / ${ask}`);
      }
    }
  });

  it('closes at its moved level, or at the gap beyond it', () => {
    const rows = [
      ['buy', [[120, 122]], 111, 113, undefined],
      ['buy', [[120, 122]], 110, 112, 'closed p1 sell 10 @ 110 by trailing-stop at 110, pnl 80'],
      [
        'buy',
        [
          [120, 122],
          [112, 114],
          [118, 120],
        ],
        105,
        107,
        'closed p1 sell 10 @ 105 by trailing-stop at 110, pnl 30',
      ],
      ['sell', [[80, 82]], 89, 91, undefined],
      ['sell', [[80, 82]], 90, 92, 'closed p1 buy 10 @ 92 by trailing-stop at 92, pnl 80'],
      [
        'sell',
        [
          [80, 82],
          [88, 90],
          [82, 84],
        ],
        95,
        97,
        'closed p1 buy 10 @ 97 by trailing-stop at 92, pnl 30',
      ],
    ] as const;
    for (const [side, before, bid, ask, closed] of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.place(side, 'market', 10, { trailingDistance: 10 });
      for (const [earlierBid, earlierAsk] of before) book.quote(earlierBid, earlierAsk);
      assert.deepEqual(book.quote(bid, ask), closed === undefined ? [] : [closed]);
    }
  });

  it('starts at the closing price of the quote that opened it, whatever was before', () => {
    const book = openBook();
    book.quote(150, 152);
    book.quote(100, 102);
    book.buy(10, { trailingDistance: 10 });
    assert.equal(trailingBest(book.position(1)), 100);
    book.quote(130, 132);
    book.buy(10, { trailingDistance: 10 });
    book.limit('buy', 10, 125, { trailingDistance: 10 });
    book.quote(123, 125);
    assert.deepEqual(
      [1, 2, 3].map((id) => trailingBest(book.position(id))),
      [130, 130, 123],
    );
    assert.deepEqual(
      [1, 2, 3].map((id) => trailingLevel(book.position(id))),
      [120, 120, 113],
    );
    assert.deepEqual(book.quote(119, 121), [
      'closed p1 sell 10 @ 119 by trailing-stop at 120, pnl 170',
      'closed p2 sell 10 @ 119 by trailing-stop at 120, pnl -130',
    ]);
  });

  it('starts anew with a new distance, and only with one', () => {
    const book = openBook();
    book.quote(100, 102);
    book.buy(10, { trailingDistance: 10 });
    book.quote(120, 122);
    book.quote(115, 117);
    assert.deepEqual(book.modifyPosition(1, { takeProfit: 200 }), ['modified p1 TP 200 trailing 10 best 120']);
    assert.equal(trailingLevel(book.position(1)), 110);
    assert.deepEqual(book.modifyPosition(1, { trailingDistance: 10 }), ['modified p1 TP 200 trailing 10 best 115']);
    assert.equal(trailingLevel(book.position(1)), 105);
    assert.deepEqual(book.modifyPosition(1, { trailingDistance: null }), ['modified p1 TP 200']);
    assert.equal(trailingLevel(book.position(1)), null);
    assert.deepEqual(book.quote(50, 52), []);
  });

  it('takes turns with a stop loss: the level that the price came by first', () => {
    const rows = [
      [95, 'stop-loss at 95'],
      [90, 'stop-loss at 90'],
      [89, 'trailing-stop at 90'],
    ] as const;
    for (const [stopLoss, closedBy] of rows) {
      const book = openBook();
      book.quote(100, 102);
      book.buy(10, { stopLoss, trailingDistance: 10 });
      assert.deepEqual(book.quote(80, 82), [`closed p1 sell 10 @ 80 by ${closedBy}, pnl -220`]);
    }
  });

  it('moves with all others of its side in one event', () => {
    const book = openBook();
    book.quote(100, 102);
    for (let position = 1; position <= 20; position += 1) book.buy(1, { trailingDistance: position });
    for (let position = 1; position <= 20; position += 1) book.sell(1, { trailingDistance: 100 + position });
    assert.deepEqual(book.quote(101, 103), ['best long 101']);
    assert.deepEqual(book.quote(101, 101), ['best short 101']);
    assert.deepEqual(book.quote(101, 102), []);
  });

  it('is told apart by its best price: many opened at many prices close as a list of them would', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('open' as const),
        side: fc.constantFrom('buy', 'sell'),
        distance: fc.integer({ min: 1, max: 12 }),
      }),
      fc.record({
        kind: fc.constant('quote' as const),
        move: fc.integer({ min: -6, max: 6 }),
        spread: fc.integer({ min: 0, max: 3 }),
      }),
      fc.record({ kind: fc.constant('close' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('distance' as const), pick: fc.nat(), distance: fc.integer({ min: 1, max: 12 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (walk) => {
        const book = openBook();
        let [bid, ask] = [1_000, 1_001];
        book.quote(bid, ask);
        let open: { id: number; side: PositionSide; best: number; distance: number }[] = [];
        let opened = 0;
        const levelOf = ({ side, best, distance }: (typeof open)[number]) =>
          side === 'long' ? best - distance : best + distance;
        for (const action of walk) {
          if (action.kind === 'open') {
            opened += 1;
            book.place(action.side === 'buy' ? 'buy' : 'sell', 'market', 1, { trailingDistance: action.distance });
            const side = action.side === 'buy' ? 'long' : 'short';
            open.push({ id: opened, side, best: side === 'long' ? bid : ask, distance: action.distance });
          } else if (action.kind === 'quote') {
            bid += action.move;
            ask = bid + action.spread;
            const closed = book.quote(bid, ask).filter((line) => line.startsWith('closed'));
            for (const stop of open)
              stop.best = stop.side === 'long' ? Math.max(stop.best, bid) : Math.min(stop.best, ask);
            const longs = open.filter((stop) => stop.side === 'long' && bid <= levelOf(stop));
            const shorts = open.filter((stop) => stop.side === 'short' && ask >= levelOf(stop));
            longs.sort((a, b) => levelOf(b) - levelOf(a) || a.id - b.id);
            shorts.sort((a, b) => levelOf(a) - levelOf(b) || a.id - b.id);
            const due = [...longs, ...shorts];
            assert.deepEqual(
              closed.map((line) => line.replace(/, pnl.*/, '')),
              due.map((stop) =>
                stop.side === 'long'
                  ? `closed p${stop.id} sell 1 @ ${bid} by trailing-stop at ${levelOf(stop)}`
                  : `closed p${stop.id} buy 1 @ ${ask} by trailing-stop at ${levelOf(stop)}`,
              ),
            );
            open = open.filter((stop) => !due.includes(stop));
          } else {
            const stop = open[action.pick % Math.max(1, open.length)];
            if (stop === undefined) continue;
            if (action.kind === 'close') {
              book.close(stop.id);
              open = open.filter((other) => other !== stop);
            } else {
              book.modifyPosition(stop.id, { trailingDistance: action.distance });
              stop.distance = action.distance;
              stop.best = stop.side === 'long' ? bid : ask;
            }
          }
          for (const stop of open) assert.equal(trailingLevel(book.position(stop.id)), levelOf(stop));
        }
        book.closeAll();
        assert.equal(book.market().longTrailingStops.first(), undefined);
        assert.equal(book.market().shortTrailingStops.first(), undefined);
      }),
      { numRuns: 300 },
    );
  });
});
