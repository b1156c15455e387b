import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';
import { stricter, type TradingState } from './trading-state.ts';

/** Quote 100 / 102; position 1 long 10, order 2 a buy limit at 95. */
function bookIn(state: TradingState, scope: 'instrument' | 'firm', mode: 'hedging' | 'netting' = 'hedging'): Book {
  const book = openBook({ mode });
  book.quote(100, 102);
  book.buy(10, { stopLoss: 80, takeProfit: 130 });
  book.limit('buy', 5, 95);
  book.setState(state, scope === 'firm' ? null : 'XYZ');
  return book;
}

const states = ['active', 'reducing', 'halted'] as const;

describe('the trading state', () => {
  it('allows everything, what reduces exposure, or cancelling alone', () => {
    const taken = 'taken';
    const refused = 'refused instrument-halted';
    const rows = [
      // what, mode, active, reducing, halted
      ['buy market', 'hedging', (book: Book) => book.buy(1), taken, refused, refused],
      ['sell market', 'hedging', (book: Book) => book.sell(1), taken, refused, refused],
      ['new limit', 'hedging', (book: Book) => book.limit('buy', 1, 90), taken, refused, refused],
      ['new stop', 'hedging', (book: Book) => book.stop('sell', 1, 90), taken, refused, refused],
      ['increase', 'netting', (book: Book) => book.buy(1), taken, refused, refused],
      ['reduce', 'netting', (book: Book) => book.sell(10), taken, taken, refused],
      ['flip', 'netting', (book: Book) => book.sell(11), taken, refused, refused],
      ['limit that would reduce', 'netting', (book: Book) => book.limit('sell', 10, 110), taken, taken, refused],
      ['limit that would flip', 'netting', (book: Book) => book.limit('sell', 11, 110), taken, refused, refused],
      ['close', 'hedging', (book: Book) => book.close(1), taken, taken, refused],
      ['close a part', 'hedging', (book: Book) => book.close(1, 3), taken, taken, refused],
      ['close all', 'hedging', (book: Book) => book.closeAll(), taken, taken, refused],
      ['modify position', 'hedging', (book: Book) => book.modifyPosition(1, { stopLoss: 70 }), taken, taken, refused],
      ['modify order', 'hedging', (book: Book) => book.modifyOrder(2, { quantity: 4 }), taken, taken, refused],
      ['cancel', 'hedging', (book: Book) => book.cancel(2), taken, taken, taken],
      ['cancel all', 'hedging', (book: Book) => book.cancelAll(), taken, taken, taken],
    ] as const;
    for (const [what, mode, act, ...expected] of rows) {
      for (const [index, state] of states.entries()) {
        for (const scope of ['instrument', 'firm'] as const) {
          const book = bookIn(state, scope, mode);
          const told = act(book);
          const label = `${what}, ${scope} ${state}`;
          if (expected[index] === refused) {
            assert.deepEqual(told, [refused], label);
            assert.deepEqual(book.figures, { asset: 'XYZ', state }, label);
          } else assert.ok(told.length > 0 && !told[0]?.startsWith('refused'), label);
        }
      }
    }
  });

  it('lets triggers pass, rejects entries, or holds all back until the next quote', () => {
    const rows = [
      // state, quote, told at once, told by the same prices when active again
      ['active', 93, 95, ['opened p2 buy 5 @ 95 by limit at 95', 'filled o2'], []],
      ['reducing', 93, 95, ['rejected o2 instrument-halted'], []],
      ['halted', 93, 95, [], ['opened p2 buy 5 @ 95 by limit at 95', 'filled o2']],
      ['active', 130, 132, ['closed p1 sell 10 @ 130 by take-profit at 130, pnl 280'], []],
      ['reducing', 130, 132, ['closed p1 sell 10 @ 130 by take-profit at 130, pnl 280'], []],
      ['halted', 130, 132, [], ['closed p1 sell 10 @ 130 by take-profit at 130, pnl 280']],
    ] as const;
    for (const [state, bid, ask, now, later] of rows) {
      for (const scope of ['instrument', 'firm'] as const) {
        const book = bookIn(state, scope);
        assert.deepEqual(book.quote(bid, ask), now, `${state} ${scope}`);
        assert.deepEqual(book.setState('active', scope === 'firm' ? null : 'XYZ'), ['trading-state-changed']);
        assert.deepEqual(book.quote(bid, ask), later, `${scope} active after ${state}`);
      }
    }
  });

  it('does not set off what the price has left again', () => {
    const book = bookIn('halted', 'instrument');
    assert.deepEqual(book.quote(70, 72), []);
    book.setState('active');
    assert.deepEqual(book.quote(100, 102), []);
    assert.equal(book.account.openPositions, 1);
  });

  it('halts stop-outs', () => {
    const book = openBook({ deposit: 1_000 });
    book.quote(100, 102);
    book.buy(80);
    book.setState('halted');
    // Equity 1,000 − 80 × 8 = 360, of 816 used: 44 %.
    assert.deepEqual(book.quote(94, 96), []);
    book.setState('active');
    assert.deepEqual(book.quote(94, 96), [
      'margin-called A equity 360 used 816',
      'stopped-out A equity 360 used 816',
      'closed p1 sell 80 @ 94 by stop-out, pnl -640',
      'margin-call-cleared A',
    ]);
  });

  it('lets a netting order that reduces be filled while only reducing is allowed', () => {
    const book = bookIn('active', 'instrument', 'netting');
    book.limit('sell', 10, 110);
    book.setState('reducing');
    assert.deepEqual(book.quote(110, 112), ['closed p1 sell 10 @ 110 by limit at 110, pnl 80', 'filled o3']);
  });

  it('rejects a pending flip while only reducing is allowed', () => {
    const book = bookIn('active', 'instrument', 'netting');
    book.limit('sell', 11, 110);
    book.setState('reducing');
    assert.deepEqual(book.quote(110, 112), ['rejected o3 instrument-halted']);
    assert.equal(book.position(1).quantity, 10);
  });

  it('of one instrument leaves the others', () => {
    const book = bookIn('halted', 'instrument');
    book.list({ asset: 'ABC' });
    book.quote(100, 102, { asset: 'ABC' });
    assert.equal(book.buy(1, { asset: 'ABC' })[0], 'accepted o3');
  });

  it('that counts is the stricter of the instrument’s and the firm’s', () => {
    const rows = [
      ['active', 'active', 'active'],
      ['active', 'reducing', 'reducing'],
      ['reducing', 'active', 'reducing'],
      ['reducing', 'halted', 'halted'],
      ['halted', 'active', 'halted'],
      ['halted', 'reducing', 'halted'],
    ] as const;
    for (const [firm, instrument, expected] of rows) {
      assert.equal(stricter(firm, instrument), expected);
      const book = openBook();
      book.quote(100, 102);
      book.setState(firm, null);
      book.setState(instrument);
      const told = book.buy(1);
      if (expected === 'active') assert.equal(told[0], 'accepted o1');
      else assert.deepEqual(book.figures, { asset: 'XYZ', state: expected });
    }
    assert.deepEqual(openBook().setState('halted', 'NO'), ['refused unknown-instrument']);
  });
});
