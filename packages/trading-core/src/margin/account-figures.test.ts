import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros } from '../numbers/units.ts';
import { openBook } from '../testing/book.ts';
import { accountFigures } from './account-figures.ts';

describe('accountFigures', () => {
  it('values a position at the price that closes it', () => {
    const book = openBook({ deposit: 1_000, terms: { commissionPpm: 10_000 } });
    book.quote(100, 102);
    book.buy(10);
    book.quote(97, 99);
    // Bought 10 at 102: 10.20 of commission, 102 of margin at 10:1; worth 97 now. 939.80 / 102 = 921.37…%.
    assert.deepEqual(accountFigures(book.account), {
      balance: 989_800_000,
      unrealizedPnl: -50_000_000,
      equity: 939_800_000,
      usedMargin: 102_000_000,
      freeMargin: 837_800_000,
      marginLevel: 92_137,
    });
  });

  it('has no level without used margin', () => {
    const book = openBook({ deposit: 1_000 });
    const balance = micros(1_000_000_000);
    assert.deepEqual(accountFigures(book.account), {
      balance,
      unrealizedPnl: micros(0),
      equity: balance,
      usedMargin: micros(0),
      freeMargin: balance,
      marginLevel: null,
    });
  });
});
