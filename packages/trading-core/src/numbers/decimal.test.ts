import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { countDecimals, formatDecimal, isDecimal, parseDecimal } from './decimal.ts';

describe('decimal', () => {
  for (const text of ['0', '1', '-1', '0.5', '-0.5', '195.825', '61837.63000000', '9007199254740991', '0.000']) {
    it(`accepts ${text}`, () => assert.equal(isDecimal(text), true));
  }
  const refused = [
    '',
    ' 1',
    '1 ',
    '1e3',
    '0x10',
    '1,000',
    '１',
    '-0',
    '-0.00',
    '+1',
    '.5',
    '5.',
    '01',
    '1.2.3',
    'NaN',
    'Infinity',
    '1_000',
    '--1',
    '1\n',
  ];
  for (const text of refused) it(`refuses ${JSON.stringify(text)}`, () => assert.equal(isDecimal(text), false));

  it('reads an exact number of units', () => {
    assert.equal(parseDecimal('195.825', 3), 195_825);
    assert.equal(parseDecimal('195.825', 5), 19_582_500);
    assert.equal(parseDecimal('61837.63000000', 2), 6_183_763);
    assert.equal(parseDecimal('-0.01', 2), -1);
    assert.equal(parseDecimal('9007199254740991', 0), Number.MAX_SAFE_INTEGER);
  });

  it('refuses what it cannot hold exactly', () => {
    assert.equal(parseDecimal('0.001', 2), undefined);
    assert.equal(parseDecimal('9007199254740992', 0), undefined);
    assert.equal(parseDecimal('9007199254740991.5', 1), undefined);
    assert.equal(parseDecimal('1e3', 2), undefined);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (value, decimals) => {
        const text = formatDecimal(value, decimals);
        assert.equal(isDecimal(text), true);
        assert.equal(parseDecimal(text, decimals), value);
      }),
    );
  });

  it('writes every digit', () => {
    assert.equal(formatDecimal(5, 2), '0.05');
    assert.equal(formatDecimal(-5, 2), '-0.05');
    assert.equal(formatDecimal(123, 0), '123');
    assert.equal(formatDecimal(19_582_500, 5), '195.82500');
  });

  it('counts digits after the point', () => {
    assert.equal(countDecimals('1'), 0);
    assert.equal(countDecimals('0.00001'), 5);
    assert.equal(countDecimals('61837.63000000'), 2);
  });
});
