import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { micros } from '../numbers/units.ts';
import { openBook, plainProfile } from '../testing/book.ts';

describe('usedMargin', () => {
  it('is that of the larger side of a hedge, at open prices', () => {
    const book = openBook();
    book.quote(1000, 1010);
    book.buy(5); // 5 × 1,010 at 1:10
    assert.equal(book.usedMargin, 505);
    book.sell(5); // 5 × 1,000: the smaller side
    assert.equal(book.usedMargin, 505);
    book.sell(1); // the shorts are 6,000 now
    assert.equal(book.usedMargin, 600);
    book.buy(1); // the longs are 6,060
    assert.equal(book.usedMargin, 606);
  });

  it('does not follow the price', () => {
    const book = openBook();
    book.quote(1000, 1000);
    book.buy(5);
    book.quote(2000, 2000);
    assert.equal(book.usedMargin, 500);
  });

  it('falls to that of the other side when the larger is closed', () => {
    const book = openBook();
    book.quote(1000, 1000);
    book.buy(5);
    book.sell(3);
    book.close(1);
    assert.equal(book.usedMargin, 300);
    book.close(2);
    assert.equal(book.usedMargin, 0);
  });

  it('is summed over instruments, which do not hedge each other', () => {
    const book = openBook();
    book.list({ asset: 'UVW' });
    book.quote(1000, 1000);
    book.quote(500, 500, { asset: 'UVW' });
    book.buy(5);
    book.sell(5, { asset: 'UVW' });
    assert.equal(book.usedMargin, 750);
  });

  it('is of the average open price in a netting account, and of what is left after a part was closed', () => {
    const book = openBook({ mode: 'netting' });
    book.quote(1000, 1000);
    book.buy(1);
    book.quote(1001, 1001);
    book.buy(2); // 3,002 for three
    assert.equal(book.usedMargin, 300.2);
    book.close(1, 1); // 3,002 / 3 rounded down goes
    assert.equal(book.usedMargin, 200.2);
  });

  it('is never raised by a partial close', () => {
    const tiers = [
      { notionalMax: micros(3_000_000_000), leverage: 7 },
      { notionalMax: null, leverage: 2 },
    ];
    const profile = { leverage: { ...plainProfile.leverage, crypto: tiers } };
    const step = fc.record({
      bid: fc.integer({ min: 900, max: 1100 }),
      spread: fc.integer({ min: 0, max: 5 }),
      quantity: fc.integer({ min: 1, max: 9 }),
      action: fc.constantFrom('buy', 'sell', 'close', 'close'),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(fc.constantFrom('hedging', 'netting'), fc.array(step, { maxLength: 30 }), (mode, walk) => {
        const book = openBook({ mode, profile });
        for (const { bid, spread, quantity, action, which } of walk) {
          book.quote(bid, bid + spread);
          const open = [...book.shard.positions.values()];
          const position = open[which % open.length];
          if (action === 'buy') book.buy(quantity);
          else if (action === 'sell') book.sell(quantity);
          else if (position !== undefined) {
            const before = book.usedMargin;
            book.close(position.id, Math.min(quantity, position.quantity));
            assert.ok(book.usedMargin <= before, `${book.usedMargin} > ${before}`);
          }
        }
      }),
    );
  });
});
