import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatDecimal } from '../numbers/decimal.ts';
import { midPrice } from './mid-price.ts';

describe('midPrice', () => {
  it('is exact to the last digit', () => {
    assert.equal(midPrice('195.82', '195.83'), 195.825);
    assert.equal(midPrice('61837.63000000', '61837.64000000'), 61_837.635);
    assert.equal(midPrice('0.1', '0.3'), 0.2);
    assert.equal(midPrice('0.00001', '0.00002'), 0.000_015);
  });

  it('mixes sides with other numbers of digits', () => assert.equal(midPrice('2', '2.5'), 2.25));

  it('is undefined for what is not a price', () => {
    assert.equal(midPrice('NaN', '1'), undefined);
    assert.equal(midPrice('1', ''), undefined);
    assert.equal(midPrice('9007199254740991', '9007199254740991'), undefined);
  });

  it('lies between the sides', () => {
    const side = fc.integer({ min: 1, max: 1e12 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 8 }), (a, b, decimals) => {
        const bid = formatDecimal(Math.min(a, b), decimals);
        const ask = formatDecimal(Math.max(a, b), decimals);
        const mid = midPrice(bid, ask);
        assert.ok(mid !== undefined && mid >= Number(bid) && mid <= Number(ask));
      }),
    );
  });
});
