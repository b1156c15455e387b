import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';
import { symbolName } from './symbol-name.ts';
import { formatAge } from './use-freshness.ts';

test.each([
  ['195.82', '195.83', 2, '0.01'],
  ['0.1', '0.3', 2, '0.20'],
  ['112345.6', '112352.3', 1, '6.7'],
  ['1.005', '1.006', 2, undefined],
])('spread of %s and %s is %s', (bid, ask, decimals, spread) => {
  expect(spreadOf(bid, ask, decimals)).toBe(spread);
});

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [3599, '59 min'],
  [7200, '2 h'],
])('%i s is an age of %s', (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});

test('symbolName writes a pair as people do', () => {
  expect(symbolName('SOL_USDC')).toBe('SOL/USDC');
});
