import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Book, openBook } from '../testing/book.ts';

// The other account's order goes off at the quote, so that the market is awake, and looks at every level it keeps.
describe('a level between bid and ask, in a market that is awake', () => {
  /** What is open and pending after a quote of 990/1,010. */
  function after(bid: number, wait: (book: Book) => void): readonly string[] {
    const book = openBook();
    book.openAccount('B');
    book.quote(bid, bid + 5);
    wait(book);
    if (bid < 1000) book.stop('buy', 1, 1010, { account: 'B' });
    else book.stop('sell', 1, 990, { account: 'B' });
    book.quote(990, 1010);
    assert.equal(book.accountOf('B').openPositions, 1);
    const { openPositions, pendingOrders } = book.account;
    return [...Array<string>(openPositions).fill('position'), ...Array<string>(pendingOrders).fill('order')];
  }

  it("does not take a long's profit: the bid is below it", () => {
    assert.deepEqual(
      after(980, (book) => book.buy(1, { takeProfit: 1000 })),
      ['position'],
    );
  });

  it("does not take a short's profit: the ask is above it", () => {
    assert.deepEqual(
      after(1020, (book) => book.sell(1, { takeProfit: 1000 })),
      ['position'],
    );
  });

  it("stops a long's loss at the bid, and a short's at the ask", () => {
    assert.deepEqual(
      after(1020, (book) => book.buy(1, { stopLoss: 1000 })),
      [],
    );
    assert.deepEqual(
      after(980, (book) => book.sell(1, { stopLoss: 1000 })),
      [],
    );
  });

  it('does not fill a buy limit, nor a sell limit', () => {
    assert.deepEqual(
      after(1020, (book) => book.limit('buy', 1, 1000)),
      ['order'],
    );
    assert.deepEqual(
      after(980, (book) => book.limit('sell', 1, 1000)),
      ['order'],
    );
  });

  it('fills a buy stop at the ask, and a sell stop at the bid', () => {
    assert.deepEqual(
      after(980, (book) => book.stop('buy', 1, 1000)),
      ['position'],
    );
    assert.deepEqual(
      after(1020, (book) => book.stop('sell', 1, 1000)),
      ['position'],
    );
  });
});
