import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fullJitter } from './full-jitter.ts';

describe('full jitter', () => {
  it('stays under a bound that doubles up to the longest wait', () => {
    const timing = { retryMsMin: 500, retryMsMax: 30_000 };
    for (const [attempt, bound] of [
      [0, 500],
      [1, 1_000],
      [5, 16_000],
      [6, 30_000],
      [2_000, 30_000],
    ] as const) {
      const waits = Array.from({ length: 200 }, () => fullJitter(attempt, timing));
      assert.ok(waits.every((wait) => wait >= 0 && wait < bound));
      assert.ok(Math.max(...waits) > bound / 2, 'spread over all of it');
    }
  });
});
