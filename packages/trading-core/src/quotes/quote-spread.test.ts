import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDecimal } from '../numbers/decimal.ts';
import { quoteSpread } from './quote-spread.ts';

describe('quoteSpread', () => {
  it('is the number nearest to the exact difference', () => {
    assert.equal(quoteSpread('256.97', '257.03'), 0.06);
    assert.equal(quoteSpread('195.82', '195.83'), 0.01);
    assert.equal(quoteSpread('0.1', '0.30'), 0.2);
    assert.equal(quoteSpread('60000.1', '60000.1'), 0);
    assert.equal(quoteSpread('2', '1.5'), -0.5);
  });

  it('is exact for any quote', () => {
    const units = fc.integer({ min: 0, max: 1e12 });
    fc.assert(
      fc.property(units, units, fc.nat(8), (bid, spread, decimals) => {
        assert.equal(
          quoteSpread(formatDecimal(bid, decimals), formatDecimal(bid + spread, decimals)),
          Number(formatDecimal(spread, decimals)),
        );
      }),
    );
  });

  it('refuses what is no decimal or too long to be exact', () => {
    for (const text of ['', '1e3', ' 1', '9007199254740993']) {
      assert.equal(quoteSpread(text, '1'), undefined);
      assert.equal(quoteSpread('1', text), undefined);
    }
    assert.equal(quoteSpread('-9007199254740991', '9007199254740991'), undefined);
  });
});
