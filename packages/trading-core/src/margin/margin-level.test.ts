import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { micros } from '../numbers/units.ts';
import { equityAtLevel, marginLevel } from './margin-level.ts';

describe('marginLevel', () => {
  for (const [equity, used, level] of [
    [248_366_000, 500_000_000, 4_967],
    [500, 500, 10_000],
    [499, 500, 9_980],
    [550, 500, 11_000],
    [250, 500, 5_000],
    [1, 3, 3_333],
    [-1, 3, -3_334],
    [0, 3, 0],
    [9_007_199_254_740_991, 9_007_199_254_740_991, 10_000],
    [-9_007_199_254_740_991, 9_007_199_254_740_990, -10_001],
  ] as const) {
    it(`of equity ${equity} on margin ${used} is ${level}`, () => {
      assert.equal(marginLevel(micros(equity), micros(used)), level);
    });
  }

  it('is none without used margin', () => assert.equal(marginLevel(micros(5), micros(0)), null));
});

describe('equityAtLevel', () => {
  for (const [used, percent, equity] of [
    [100, 50, 50],
    [101, 50, 50],
    [99, 50, 49],
    [1, 50, 0],
    [0, 50, 0],
    [101, 100, 101],
    [101, 110, 111],
    [9_007_199_254_740_991, 50, 4_503_599_627_370_495],
    [9_007_199_254_740_991, 100, 9_007_199_254_740_991],
  ] as const) {
    it(`of ${percent} % of ${used} is ${equity}`, () => assert.equal(equityAtLevel(micros(used), percent), equity));
  }

  it('parts the equities at or below the level from those above', () => {
    const used = fc.integer({ min: 0, max: 2 ** 52 });
    fc.assert(
      fc.property(used, fc.constantFrom(20, 50, 100, 110, 120), (margin, percent) => {
        const equity = BigInt(equityAtLevel(micros(margin), percent));
        assert.ok(equity * 100n <= BigInt(margin) * BigInt(percent));
        assert.ok((equity + 1n) * 100n > BigInt(margin) * BigInt(percent));
      }),
      { numRuns: 1000 },
    );
  });
});
