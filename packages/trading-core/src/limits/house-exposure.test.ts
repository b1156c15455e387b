import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook } from '../testing/book.ts';
import { houseExposure } from './house-exposure.ts';

describe('houseExposure', () => {
  it('is the opposite of what clients hold, netted an instrument', () => {
    const book = openBook();
    book.openAccount('B');
    book.list({ asset: 'ABC' });
    book.quote(100, 102);
    book.quote(50, 51, { asset: 'ABC' });
    book.buy(10);
    book.sell(4, { account: 'B' });
    book.sell(3, { asset: 'ABC', account: 'B' });
    assert.deepEqual(houseExposure(book.shard), {
      instruments: [
        { asset: 'XYZ', clientLong: 10, clientShort: 4, houseNet: -6, netNotional: 606_000_000n },
        { asset: 'ABC', clientLong: 0, clientShort: 3, houseNet: 3, netNotional: 151_500_000n },
      ],
      netNotional: 757_500_000n,
      grossNotional: (1_020n + 400n + 150n) * 1_000_000n,
    });
  });

  it('is nothing before the first quote', () => {
    assert.deepEqual(houseExposure(openBook().shard), {
      instruments: [{ asset: 'XYZ', clientLong: 0, clientShort: 0, houseNet: 0, netNotional: 0n }],
      netNotional: 0n,
      grossNotional: 0n,
    });
  });
});
