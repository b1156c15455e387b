import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ticks } from '../numbers/units.ts';
import { openBook, plainTerms } from '../testing/book.ts';
import { priceSpan } from './price-span.ts';

describe('priceSpan', () => {
  const table: readonly (readonly [priceMin: number, priceMax: number, span: number])[] = [
    [1, 100, 100],
    [0, 100, 100],
    [90, 100, 100],
    [-50, 100, 150],
    [-500, 1, 501],
  ];
  for (const [priceMin, priceMax, span] of table) {
    it(`of prices from ${priceMin} to ${priceMax} is ${span}`, () => {
      assert.equal(priceSpan({ ...plainTerms, priceMin: ticks(priceMin), priceMax: ticks(priceMax) }), span);
    });
  }

  it('bounds a fill by what it is worth, also where prices can hardly move', () => {
    const book = openBook({
      terms: { priceMin: 90_000, priceMax: 100_000, quantityMax: 1_000_000 },
      deposit: 5_000_000_000,
    });
    book.quote(95_000, 95_000);
    assert.match(String(book.buy(60_000)), /amount-too-large/);
  });
});
