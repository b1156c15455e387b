import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';

describe('a quote', () => {
  it('is refused when it is crossed, outside the instrument’s prices or no whole ticks', () => {
    const rows = [
      // bid, ask, lowest and highest price, taken
      [100, 100, 1, 1_000, true],
      [1, 1_000, 1, 1_000, true],
      [101, 100, 1, 1_000, false],
      [0, 1, 1, 1_000, false],
      [0, 0, 1, 1_000, false],
      [-1, 1, 1, 1_000, false],
      [-2, -1, 1, 1_000, false],
      [1_000, 1_001, 1, 1_000, false],
      [100.5, 101, 1, 1_000, false],
      [100, 101.5, 1, 1_000, false],
      [Number.NaN, 101, 1, 1_000, false],
      [100, Number.NaN, 1, 1_000, false],
      [100, Number.POSITIVE_INFINITY, 1, 1_000, false],
      [0, 0, 0, 1_000, true],
      [-1, 1, 0, 1_000, false],
      [-50, -49, -50, 1_000, true],
      [-51, -49, -50, 1_000, false],
      [-49, -50, -50, 1_000, false],
    ] as const;
    for (const [bid, ask, priceMin, priceMax, isTaken] of rows) {
      const book = openBook({ terms: { priceMin, priceMax } });
      assert.deepEqual(
        book.quote(bid, ask, { sequence: 3 }),
        isTaken ? [] : ['refused invalid-quote'],
        `${bid} / ${ask}`,
      );
      if (isTaken) assert.deepEqual([book.market().quote?.bid, book.market().quote?.ask], [bid, ask]);
      else {
        assert.equal(book.market().quote, null);
        assert.deepEqual(book.figures, { asset: 'XYZ', bid, ask, sequence: 3, min: priceMin, max: priceMax });
      }
    }
  });

  it('is refused when a later one has been seen, and of an instrument that is not listed', () => {
    const book = openBook();
    book.list({ asset: 'ABC' });
    book.quote(100, 102, { sequence: 5 });
    const rows = [
      [5, false],
      [4, false],
      [6, true],
      [100, true],
      [99, false],
    ] as const;
    let last = 5;
    for (const [sequence, isTaken] of rows) {
      assert.deepEqual(
        book.quote(100, 102, { sequence }),
        isTaken ? [] : ['refused quote-out-of-order'],
        String(sequence),
      );
      if (isTaken) last = sequence;
      else assert.deepEqual(book.figures, { asset: 'XYZ', sequence, lastSequence: last });
    }
    assert.deepEqual(book.quote(100, 102, { asset: 'ABC', sequence: 1 }), [], 'each instrument has its own');
    assert.deepEqual(book.quote(100, 102, { asset: 'NO' }), ['refused unknown-instrument']);
    assert.deepEqual(book.figures, { asset: 'NO' });
  });

  it('is not ordered by the time it tells', () => {
    const book = openBook();
    book.quote(100, 102);
    book.at -= 60_000;
    assert.deepEqual(book.quote(101, 103), []);
    assert.equal(book.market().quote?.bid, 101);
  });
});

/** Quote 100 / 102 of XYZ and ABC; a long of each with all levels, and every kind of pending order. */
function bookWithAll(): Book {
  const book = openBook();
  book.list({ asset: 'ABC' });
  book.quote(100, 102);
  book.quote(100, 102, { asset: 'ABC' });
  book.buy(10, { stopLoss: 80, takeProfit: 120, trailingDistance: 30 });
  book.buy(10, { asset: 'ABC' });
  book.limit('buy', 1, 85);
  book.stop('sell', 1, 85);
  book.stopLimit('sell', 1, 85, 80);
  return book;
}

describe('a quote that is not live', () => {
  for (const status of ['stale', 'down'] as const) {
    it(`(${status}) sets off nothing; the next live one does`, () => {
      const book = bookWithAll();
      const { sequence } = book.shard;
      const { equity } = book;
      assert.deepEqual(book.quote(70, 72, { status }), []);
      assert.equal(book.shard.sequence, sequence);
      assert.equal(book.equity, equity, 'its prices are not believed');
      assert.equal(book.market().quote?.status, status);
      assert.deepEqual(book.quote(70, 72), [
        'closed p1 sell 10 @ 70 by stop-loss at 80, pnl -320',
        'opened p3 buy 1 @ 72 by limit at 85',
        'filled o3',
        'opened p4 sell 1 @ 70 by stop at 85',
        'filled o4',
        'triggered o5',
      ]);
    });

    it(`(${status}) does not move a trailing stop`, () => {
      const book = openBook();
      book.quote(100, 102);
      book.buy(10, { trailingDistance: 10 });
      assert.deepEqual(book.quote(150, 152, { status }), []);
      assert.deepEqual(book.quote(100, 102), []);
      assert.deepEqual(book.quote(90, 92), ['closed p1 sell 10 @ 90 by trailing-stop at 90, pnl -120']);
    });

    it(`(${status}) opens, closes and changes nothing, and cancels`, () => {
      const rows = [
        ['buy', (book: Book) => book.buy(1), 'refused price-not-live'],
        ['limit', (book: Book) => book.limit('buy', 1, 90), 'refused price-not-live'],
        ['close', (book: Book) => book.close(1), 'refused price-not-live'],
        ['close all of it', (book: Book) => book.closeAll({ asset: 'XYZ' }), 'refused price-not-live'],
        ['modify order', (book: Book) => book.modifyOrder(3, { quantity: 2 }), 'refused price-not-live'],
        ['modify position', (book: Book) => book.modifyPosition(1, { stopLoss: 70 }), 'refused price-not-live'],
        ['buy of a live one', (book: Book) => book.buy(1, { asset: 'ABC' }), 'refused price-not-live'],
        ['withdrawal', (book: Book) => book.withdraw(1), 'refused price-not-live'],
        ['limit of a live one', (book: Book) => book.limit('buy', 1, 90, { asset: 'ABC' }), 'accepted o6'],
        ['close of a live one', (book: Book) => book.close(2), 'closed p2 sell 10 @ 100 by close, pnl -20'],
        ['cancel', (book: Book) => book.cancel(3), 'cancelled o3 by client'],
        ['deposit', (book: Book) => book.deposit(1), 'deposited A 1'],
      ] as const;
      for (const [what, act, expected] of rows) {
        const book = bookWithAll();
        book.quote(100, 102, { status });
        assert.equal(act(book)[0], expected, what);
        if (expected.startsWith('refused')) assert.deepEqual(book.figures, { asset: 'XYZ', status }, what);
      }
    });
  }

  it('keeps an account that holds the instrument from opening another', () => {
    const book = bookWithAll();
    book.openAccount('B');
    book.limit('buy', 1, 95, { asset: 'ABC' });
    book.quote(100, 102, { status: 'stale' });
    assert.equal(book.buy(1, { asset: 'ABC', account: 'B' })[1], 'opened p3 buy 1 @ 102 by market', 'B holds nothing');
    assert.deepEqual(book.quote(93, 95, { asset: 'ABC' }), ['rejected o6 price-not-live']);
    const rejected = book.events.at(-1);
    assert.ok(rejected?.type === 'order-rejected');
    assert.deepEqual(rejected.refusal.figures, { asset: 'XYZ', status: 'stale' });
  });

  it('lets a netting account reduce another instrument, not flip it', () => {
    const book = openBook({ mode: 'netting' });
    book.list({ asset: 'ABC' });
    book.quote(100, 102);
    book.quote(100, 102, { asset: 'ABC' });
    book.buy(10);
    book.buy(10, { asset: 'ABC' });
    book.quote(100, 102, { status: 'stale' });
    assert.deepEqual(book.sell(11, { asset: 'ABC' }), ['refused price-not-live']);
    assert.equal(book.sell(10, { asset: 'ABC' })[1], 'closed p2 sell 10 @ 100 by market, pnl -20');
  });

  it('stops nobody out', () => {
    const book = openBook({ deposit: 1_000 });
    book.quote(100, 102);
    book.buy(80);
    assert.deepEqual(book.quote(94, 96, { status: 'stale' }), []);
    assert.deepEqual(book.quote(100, 102), []);
    assert.equal(book.account.openPositions, 1);
  });

  it('is what an instrument has before its first', () => {
    const book = openBook();
    assert.deepEqual(book.buy(1), ['refused price-not-live']);
    assert.deepEqual(book.figures, { asset: 'XYZ', status: 'down' });
  });
});

describe('prices of zero and below', () => {
  const terms = { priceMin: -1_000, priceMax: 1_000, commissionPpm: 1_000 };

  it('make money, margin and commission by their distance from zero', () => {
    const rows = [
      // side of 10, opens at, margin, commission, closes at, pnl, commission
      ['buy', -3, -1, 1, 0.01, -5, -4, -40, 0.05],
      ['buy', -3, -1, 1, 0.01, 5, 6, 60, 0.05],
      ['buy', 1, 2, 2, 0.02, -3, -1, -50, 0.03],
      ['buy', -1, 0, 0, 0, 0, 0, 0, 0],
      ['buy', -1, 0, 0, 0, 7, 8, 70, 0.07],
      ['sell', -3, -1, 3, 0.03, -6, -5, 20, 0.05],
      ['sell', -3, -1, 3, 0.03, 3, 4, -70, 0.04],
      ['sell', 2, 4, 2, 0.02, -9, -8, 100, 0.08],
      ['sell', 0, 1, 0, 0, -1, 0, 0, 0],
    ] as const;
    for (const [side, bid, ask, margin, opening, laterBid, laterAsk, pnl, closing] of rows) {
      const book = openBook({ terms });
      book.quote(bid, ask);
      book.place(side, 'market', 10);
      const label = `${side} at ${bid} / ${ask}, closed at ${laterBid} / ${laterAsk}`;
      assert.equal(book.usedMargin, margin, label);
      assert.equal(book.balance, (1_000_000_000 - opening * 1_000) / 1_000, label);
      book.quote(laterBid, laterAsk);
      assert.equal(Math.round((book.equity - book.balance) * 1_000) / 1_000, pnl, label);
      book.close(1);
      const money = 1_000_000_000_000 + pnl * 1_000_000 - Math.round((opening + closing) * 1_000_000);
      assert.equal(book.account.balance, money, label);
      assert.equal(book.usedMargin, 0);
    }
  });

  it('trigger as other prices do', () => {
    const rows = [
      ['buy', { stopLoss: -5 }, -5, -4, 'closed p1 sell 10 @ -5 by stop-loss at -5'],
      ['buy', { takeProfit: 0 }, 0, 1, 'closed p1 sell 10 @ 0 by take-profit at 0'],
      ['buy', { trailingDistance: 4 }, -7, -6, 'closed p1 sell 10 @ -7 by trailing-stop at -7'],
      ['sell', { stopLoss: 0 }, -1, 0, 'closed p1 buy 10 @ 0 by stop-loss at 0'],
      ['sell', { takeProfit: -5 }, -6, -5, 'closed p1 buy 10 @ -5 by take-profit at -5'],
      ['sell', { trailingDistance: 4 }, 2, 3, 'closed p1 buy 10 @ 3 by trailing-stop at 3'],
    ] as const;
    for (const [side, levels, bid, ask, told] of rows) {
      const book = openBook({ terms: { ...terms, commissionPpm: 0 } });
      book.quote(-3, -1);
      book.place(side, 'market', 10, levels);
      assert.deepEqual(
        book.quote(bid, ask).map((line) => line.split(', ')[0]),
        [told],
      );
    }
  });

  it('average as other prices do, the cost rounded down', () => {
    const book = openBook({ mode: 'netting', terms: { ...terms, commissionPpm: 0 } });
    book.quote(-2, -2);
    book.buy(2);
    book.quote(-1, -1);
    book.buy(1);
    // Cost −5 of 3: one costs −2 (−1.67 rounded down), two −3.
    assert.equal(book.sell(1)[1], 'reduced p1 sell 1 @ -1 by market, pnl 1');
    assert.equal(book.position(1).cost, -3);
    assert.equal(book.sell(2)[1], 'closed p1 sell 2 @ -1 by market, pnl 1');
  });
});
