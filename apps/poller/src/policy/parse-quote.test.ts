import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal, isDecimal, parseDecimal } from '@repo/trading-core';
import fc from 'fast-check';
import { parseQuote } from './parse-quote.ts';

test('trailing zeros go, the number stays', () => {
  assert.deepEqual(parseQuote('61837.63000000', '61837.64000000'), {
    bid: '61837.63',
    ask: '61837.64',
    mid: 61837.635,
    spread: 0.01,
  });
  assert.deepEqual(parseQuote('100.00', '110'), { bid: '100', ask: '110', mid: 105, spread: 10 });
});

test('each fault has its name', () => {
  const faults: readonly [bid: string, ask: string, fault: string][] = [
    ['218.61', '218.58', 'crossed'],
    ['218.61', '218.610', 'crossed'],
    ['0', '1', 'not-positive'],
    ['0.000', '1', 'not-positive'],
    ['-0', '1', 'not-positive'],
    ['-0.00', '1', 'not-positive'],
    ['-2', '-1', 'not-positive'],
    ['1', '-1', 'not-positive'],
    ['NaN', '1', 'not-finite'],
    ['1', 'Infinity', 'not-finite'],
    ['-inf', '1', 'not-finite'],
    ['99999999999999.99999999', '99999999999999.99999999', 'not-finite'],
    ['1e5', '100001', 'malformed'],
    ['', '1', 'malformed'],
    [' 1', '2', 'malformed'],
    ['0x10', '17', 'malformed'],
    ['1,000.5', '1001', 'malformed'],
    ['01', '2', 'malformed'],
    ['.5', '1', 'malformed'],
    ['1', '9'.repeat(1_000), 'malformed'],
  ];
  for (const [bid, ask, fault] of faults) assert.equal(parseQuote(bid, ask), fault, `${bid} / ${ask}`);
});

test('two prices of one number of decimals come back exactly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e12 }),
      fc.integer({ min: 1, max: 1e6 }),
      fc.nat(8),
      fc.nat(4),
      (bidUnits, width, decimals, zeros) => {
        const text = (units: number) => formatDecimal(units, decimals) + (decimals === 0 ? '' : '0'.repeat(zeros));
        const quote = parseQuote(text(bidUnits), text(bidUnits + width));
        assert.ok(typeof quote === 'object');
        assert.equal(parseDecimal(quote.bid, decimals), bidUnits);
        assert.equal(parseDecimal(quote.ask, decimals), bidUnits + width);
        assert.ok(isDecimal(quote.bid) && !/\.[0-9]*0$/.test(quote.bid));
        assert.ok(quote.mid > 0 && quote.spread > 0);
      },
    ),
  );
});

test('whatever text comes, what passes is a pair of positive decimals in order', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.double().map(String),
    fc.constantFrom('NaN', '-0', '1e3', '0.1', '0.10', '5', '1'.repeat(50)),
  );
  fc.assert(
    fc.property(text, text, (bid, ask) => {
      const quote = parseQuote(bid, ask);
      if (typeof quote === 'string') return;
      assert.ok(isDecimal(quote.bid) && isDecimal(quote.ask));
      assert.ok(Number(quote.bid) > 0 && Number(quote.ask) > 0);
      assert.ok(Number.isFinite(quote.mid) && Number.isFinite(quote.spread));
      assert.ok(Number(quote.bid) <= quote.mid && quote.mid <= Number(quote.ask));
    }),
    { numRuns: 500 },
  );
});
