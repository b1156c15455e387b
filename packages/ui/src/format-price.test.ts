import { describe, expect, test } from 'vitest';
import { formatPrice, formatSigned } from './format-price.ts';

describe('formatPrice', () => {
  test.each([
    ['112345.6', 'en-US', 1, '112,345.6'],
    ['112345.6', 'de-DE', 1, '112.345,6'],
    ['195.8', 'en-US', 2, '195.80'],
    [0.198735, 'en-US', 6, '0.198735'],
    // A float cannot hold this; a decimal string is formatted digit by digit.
    ['9007199254740993.01', 'en-US', 2, '9,007,199,254,740,993.01'],
  ])('%s in %s with %i decimals is %s', (value, locale, decimals, text) => {
    expect(formatPrice(value, locale, decimals)).toBe(text);
  });
});

describe('formatSigned', () => {
  test('always shows the sign, and a minus that is one', () => {
    expect(formatSigned(1.5, 'en-US', 2)).toBe('+1.50');
    expect(formatSigned(-1.5, 'en-US', 2)).toBe('−1.50');
  });
  test('gives no sign to what rounds to zero', () => {
    expect(formatSigned(-0.001, 'en-US', 2)).toBe('0.00');
  });
});
