import { describe, expect, test } from 'vitest';
import { sparklinePath } from './sparkline-path.ts';

describe('sparklinePath', () => {
  test('spreads time over the width and value over the height', () => {
    const points = [
      { at: 0, value: 10 },
      { at: 50, value: 30 },
      { at: 100, value: 20 },
    ];
    expect(sparklinePath(points, 102, 22)).toBe('M1.0 21.0L51.0 1.0L101.0 11.0');
  });
  test('draws a flat line through the middle', () => {
    const points = [
      { at: 0, value: 5 },
      { at: 1, value: 5 },
    ];
    expect(sparklinePath(points, 10, 20)).toBe('M1.0 10.0L9.0 10.0');
  });
  test('draws nothing from one point or none', () => {
    expect(sparklinePath([], 10, 10)).toBe('');
    expect(sparklinePath([{ at: 1, value: 1 }], 10, 10)).toBe('');
  });
});
