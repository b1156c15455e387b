import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Book, openBook } from '../testing/book.ts';
import { LevelHeap } from './level-heap.ts';

/** Every heap of the market and the shard, by name, that is not empty. */
function leftIn(book: Book): string[] {
  const heaps = Object.entries({ ...book.market(), expiries: book.shard.expiries });
  return heaps.flatMap(([name, value]) => (value instanceof LevelHeap && value.size > 0 ? [name] : []));
}

describe('memory', () => {
  it('is given back when all is closed and cancelled, in whatever order', () => {
    const side = fc.constantFrom('buy' as const, 'sell' as const);
    const near = fc.integer({ min: 1, max: 30 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('market' as const), side, near }),
      fc.record({ kind: fc.constant('limit' as const), side, near }),
      fc.record({ kind: fc.constant('stop' as const), side, near }),
      fc.record({ kind: fc.constant('stop-limit' as const), side, near }),
      fc.record({ kind: fc.constant('quote' as const), near: fc.integer({ min: -15, max: 15 }) }),
      fc.record({ kind: fc.constant('modify' as const), near }),
      fc.record({ kind: fc.constant('close' as const), near }),
      fc.record({ kind: fc.constant('cancel' as const), near }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom('hedging', 'netting'), (steps, mode) => {
        const book = openBook({ deposit: 300, mode });
        let bid = 1_000;
        book.quote(bid, bid + 1);
        for (const action of steps) {
          const away = 'side' in action && action.side === 'buy' ? 1 : -1;
          const gtd = { timeInForce: 'gtd', expiresAt: book.at + action.near + 100 } as const;
          if (action.kind === 'quote') {
            bid += action.near;
            book.quote(bid, bid + 1);
          } else if (action.kind === 'modify')
            book.modifyPosition(action.near, { stopLoss: null, trailingDistance: 7 });
          else if (action.kind === 'close') book.close(action.near, 1);
          else if (action.kind === 'cancel') book.cancel(action.near);
          else {
            const entry = {
              market: {},
              limit: { limitPrice: bid - away * action.near, ...gtd },
              stop: { stopPrice: bid + away * (action.near + 2), trailingDistance: action.near },
              'stop-limit': { stopPrice: bid + away * (action.near + 2), limitPrice: bid, ...gtd },
            }[action.kind];
            const levels =
              action.kind === 'market'
                ? { stopLoss: bid - away * 20, takeProfit: bid + away * 20, trailingDistance: 9 }
                : {};
            book.place(action.side, action.kind, 1 + (action.near % 3), { ...entry, ...levels });
          }
        }
        book.closeAll();
        book.cancelAll();
        assert.deepEqual(leftIn(book), []);
        const market = book.market();
        assert.equal(market.longTrailingStops.first(), undefined);
        assert.equal(market.shortTrailingStops.first(), undefined);
        assert.deepEqual([market.clientLong, market.clientShort], [0, 0]);
        assert.deepEqual([book.shard.orders.size, book.shard.positions.size, book.shard.grossNotional], [0, 0, 0]);
        const { legs, usedMargin, openNotional, reach, openPositions, pendingOrders, firstOrder } = book.account;
        assert.deepEqual([legs, usedMargin, openNotional, reach, openPositions], [[], 0, 0, 0, 0]);
        assert.deepEqual([pendingOrders, firstOrder], [0, null]);
      }),
      { numRuns: 200 },
    );
  });
});
