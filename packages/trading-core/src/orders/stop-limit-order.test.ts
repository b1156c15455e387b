import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';

describe('a stop-limit order', () => {
  it('turns into a limit order when its stop is reached, and fills at its limit or better', () => {
    const rows = [
      // situation, side, stop, limit, quotes, what each brings
      ['stop one tick off', 'buy', 110, 112, [[107, 109]], [[]]],
      [
        'limit within reach at once',
        'buy',
        110,
        112,
        [[108, 110]],
        [['triggered o1', 'opened p1 buy 10 @ 110 by stop-limit at 112', 'filled o1']],
      ],
      ['gap beyond the limit', 'buy', 110, 112, [[111, 113]], [['triggered o1']]],
      [
        'gap to the limit exactly',
        'buy',
        110,
        112,
        [[110, 112]],
        [['triggered o1', 'opened p1 buy 10 @ 112 by stop-limit at 112', 'filled o1']],
      ],
      [
        'limit reached later',
        'buy',
        110,
        112,
        [
          [118, 120],
          [111, 113],
          [110, 112],
        ],
        [['triggered o1'], [], ['opened p1 buy 10 @ 112 by stop-limit at 112', 'filled o1']],
      ],
      [
        'limit passed later by a gap',
        'buy',
        110,
        112,
        [
          [118, 120],
          [98, 100],
        ],
        [['triggered o1'], ['opened p1 buy 10 @ 100 by stop-limit at 112', 'filled o1']],
      ],
      [
        'limit below the stop',
        'buy',
        110,
        105,
        [
          [108, 110],
          [104, 106],
          [103, 105],
        ],
        [['triggered o1'], [], ['opened p1 buy 10 @ 105 by stop-limit at 105', 'filled o1']],
      ],
      [
        'limit reached before the stop',
        'buy',
        110,
        105,
        [
          [103, 105],
          [108, 110],
        ],
        [[], ['triggered o1']],
      ],
      ['stop one tick off', 'sell', 90, 88, [[91, 93]], [[]]],
      [
        'limit within reach at once',
        'sell',
        90,
        88,
        [[90, 92]],
        [['triggered o1', 'opened p1 sell 10 @ 90 by stop-limit at 88', 'filled o1']],
      ],
      ['gap beyond the limit', 'sell', 90, 88, [[87, 89]], [['triggered o1']]],
      [
        'gap to the limit exactly',
        'sell',
        90,
        88,
        [[88, 90]],
        [['triggered o1', 'opened p1 sell 10 @ 88 by stop-limit at 88', 'filled o1']],
      ],
      [
        'limit reached later',
        'sell',
        90,
        88,
        [
          [80, 82],
          [87, 89],
          [88, 90],
        ],
        [['triggered o1'], [], ['opened p1 sell 10 @ 88 by stop-limit at 88', 'filled o1']],
      ],
      [
        'limit passed later by a gap',
        'sell',
        90,
        88,
        [
          [80, 82],
          [100, 102],
        ],
        [['triggered o1'], ['opened p1 sell 10 @ 100 by stop-limit at 88', 'filled o1']],
      ],
      [
        'limit above the stop',
        'sell',
        90,
        95,
        [
          [90, 92],
          [94, 96],
          [95, 97],
        ],
        [['triggered o1'], [], ['opened p1 sell 10 @ 95 by stop-limit at 95', 'filled o1']],
      ],
    ] as const;
    for (const [situation, side, stop, limit, quotes, expected] of rows) {
      const book = openBook();
      book.quote(100, 102);
      assert.deepEqual(book.stopLimit(side, 10, stop, limit), ['accepted o1']);
      const told = quotes.map(([bid, ask]) => book.quote(bid, ask));
      assert.deepEqual(told, expected, `${side}: ${situation}`);
    }
  });

  it('does not trigger twice', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stopLimit('buy', 10, 110, 105);
    assert.deepEqual(book.quote(108, 110), ['triggered o1']);
    assert.deepEqual(book.quote(120, 122), []);
    assert.equal(book.order(1).isTriggered, true);
    assert.deepEqual(book.cancel(1), ['cancelled o1 by client']);
    assert.deepEqual(book.quote(90, 92), []);
  });

  it('changes its stop before the trigger, its limit before and after', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stopLimit('buy', 10, 110, 105);
    assert.deepEqual(book.modifyOrder(1, { stopPrice: 108, limitPrice: 104 }), ['modified o1']);
    assert.deepEqual(book.quote(106, 108), ['triggered o1']);
    assert.deepEqual(book.modifyOrder(1, { stopPrice: 120 }), ['refused invalid-command']);
    // A limit order now: its price must lie below the ask.
    assert.deepEqual(book.modifyOrder(1, { limitPrice: 108 }), ['refused level-on-wrong-side']);
    assert.deepEqual(book.figures, { field: 'limitPrice', level: 108, price: 108 });
    assert.deepEqual(book.modifyOrder(1, { limitPrice: 107 }), ['modified o1']);
    assert.deepEqual(book.quote(105, 107), ['opened p1 buy 10 @ 107 by stop-limit at 107', 'filled o1']);
  });

  it('keeps its expiry through the trigger', () => {
    const book = openBook();
    book.quote(100, 102);
    book.stopLimit('sell', 10, 90, 95, { timeInForce: 'gtd', expiresAt: book.at + 1_000 });
    assert.deepEqual(book.quote(90, 92), ['triggered o1']);
    assert.deepEqual(book.advance(book.at + 1_000), ['expired o1']);
    assert.deepEqual(book.quote(100, 102), []);
  });
});
