import { describe, expect, test } from 'vitest';
import { splitBigFigure } from './split-big-figure.ts';

describe('splitBigFigure', () => {
  test.each([
    ['195.82', 195.82, 2, 0, ['195.', '82', '']],
    ['195.825', 195.825, 2, 1, ['195.', '82', '5']],
    ['112,345.60', 112_345.6, 1, 1, ['112,', '345.6', '0']],
    ['4,123.45', 4123.45, 2, 0, ['4,12', '3.45', '']],
    ['0.19873', 0.19873, 5, 0, ['0.198', '73', '']],
    ['112.345,6', 112_345.6, 1, 0, ['112.', '345,6', '']],
  ] as const)('%s', (text, value, decimals, fineDigits, parts) => {
    const { still, moving, fine } = splitBigFigure(text, value, decimals, fineDigits);
    expect([still, moving, fine]).toEqual(parts);
  });

  test('keeps every character', () => {
    for (const value of [0.00001, 0.5, 1, 9.99, 1234.5678, 1e9]) {
      const text = value.toFixed(5);
      const { still, moving, fine } = splitBigFigure(text, value, 4, 1);
      expect(still + moving + fine).toBe(text);
      expect(moving).not.toBe('');
    }
  });
});
