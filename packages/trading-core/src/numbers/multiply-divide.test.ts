import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { divideDown, divideUp, multiplyDivideDown, multiplyDivideHalfEven } from './multiply-divide.ts';

const MAX = Number.MAX_SAFE_INTEGER;

/** The quotient rounded down and what is left of `b`, by way of bigint. */
function quotient(a: bigint, b: bigint): readonly [below: bigint, rest: bigint] {
  const rest = ((a % b) + b) % b;
  return [(a - rest) / b, rest];
}

function halfEven(a: bigint, b: bigint): bigint {
  const [below, rest] = quotient(a, b);
  if (2n * rest === b) return below + (below % 2n === 0n ? 0n : 1n);
  return 2n * rest > b ? below + 1n : below;
}

const dividend = fc.maxSafeInteger();
const divisor = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: MAX }));
/** A dividend and a divisor whose quotient is a whole number, or half of one, or a little beside. */
const nearHalf = fc
  .tuple(fc.integer({ min: 1, max: MAX }), fc.maxSafeInteger(), fc.integer({ min: -2, max: 2 }))
  .map(([b, scale, offset]): [number, number] => {
    const halves = BigInt(scale) % BigInt(Math.floor((2 * MAX) / b) + 1);
    const a = (halves * BigInt(b)) / 2n + BigInt(offset);
    return [Number(a < -BigInt(MAX) ? -BigInt(MAX) : a > BigInt(MAX) ? BigInt(MAX) : a), b];
  });
const division = fc.oneof(fc.tuple(dividend, divisor), nearHalf);
const runs = { numRuns: 5000 };

describe('divideDown', () => {
  for (const [a, b, result] of [
    [7, 2, 3],
    [-7, 2, -4],
    [6, 2, 3],
    [-6, 2, -3],
    [0, 5, 0],
    [1, MAX, 0],
    [-1, MAX, -1],
    [MAX, 1, MAX],
    [-MAX, 1, -MAX],
    [MAX, 2, 4_503_599_627_370_495],
    [-MAX, 2, -4_503_599_627_370_496],
    // In floating point these quotients are the whole number above.
    [9_007_199_254_740_990, 9_007_199_254_740_991, 0],
    [4_503_599_627_370_495, 4_503_599_627_370_496, 0],
  ] as const) {
    it(`${a} / ${b} is ${result}`, () => assert.equal(divideDown(a, b), result));
  }

  it('is the floor of the exact quotient, over all safe integers', () => {
    fc.assert(
      fc.property(division, ([a, b]) => assert.equal(BigInt(divideDown(a, b)), quotient(BigInt(a), BigInt(b))[0])),
      runs,
    );
  });
});

describe('divideUp', () => {
  for (const [a, b, result] of [
    [7, 2, 4],
    [-7, 2, -3],
    [6, 2, 3],
    [0, 5, 0],
    [1, MAX, 1],
    [-1, MAX, 0],
    [MAX, 2, 4_503_599_627_370_496],
  ] as const) {
    it(`${a} / ${b} is ${result}`, () => assert.equal(divideUp(a, b) + 0, result));
  }

  it('is the ceiling of the exact quotient, over all safe integers', () => {
    fc.assert(
      fc.property(division, ([a, b]) => {
        const [below, rest] = quotient(BigInt(a), BigInt(b));
        assert.equal(BigInt(divideUp(a, b)), rest === 0n ? below : below + 1n);
      }),
      runs,
    );
  });
});

describe('multiplyDivideHalfEven', () => {
  const divideHalfEven = (a: number, b: number) => multiplyDivideHalfEven(a, 1, b);

  for (const [a, b, result] of [
    [5, 10, 0],
    [15, 10, 2],
    [25, 10, 2],
    [35, 10, 4],
    [-5, 10, 0],
    [-15, 10, -2],
    [-25, 10, -2],
    [-35, 10, -4],
    [4, 10, 0],
    [6, 10, 1],
    [-4, 10, 0],
    [-6, 10, -1],
    [7, 1, 7],
    [MAX, 2, 4_503_599_627_370_496],
    [-MAX, 2, -4_503_599_627_370_496],
    // 2.5 times the divisor, less one half: the product to compare with leaves the safe integers.
    [-9_007_199_254_740_987, 3_602_879_701_896_395, -2],
    [-9_007_199_254_740_988, 3_602_879_701_896_395, -3],
    [9_007_199_254_740_987, 3_602_879_701_896_395, 2],
    [9_007_199_254_740_988, 3_602_879_701_896_395, 3],
  ] as const) {
    it(`${a} / ${b} is ${result}`, () => assert.equal(divideHalfEven(a, b) + 0, result));
  }

  it('is the nearest whole number, ties to the even one, over all safe integers', () => {
    fc.assert(
      fc.property(division, ([a, b]) => assert.equal(BigInt(divideHalfEven(a, b)), halfEven(BigInt(a), BigInt(b)))),
      runs,
    );
  });

  it('is symmetric about zero', () => {
    fc.assert(
      fc.property(division, ([a, b]) => assert.equal(divideHalfEven(-a, b) + 0, -divideHalfEven(a, b) + 0)),
      runs,
    );
  });
});

describe('multiplyDivideDown', () => {
  it('is exact where the product leaves the safe integers', () => {
    assert.equal(multiplyDivideDown(MAX, MAX, MAX), MAX);
    assert.equal(multiplyDivideDown(-MAX, 3, 3), -MAX);
    assert.equal(multiplyDivideDown(-MAX, MAX - 1, MAX), 1 - MAX);
    // 9,007,199,254,740,991 × 5 = 45,035,996,273,704,955; by 7 it is 6,433,713,753,386,422 and 1 left.
    assert.equal(multiplyDivideDown(MAX, 5, 7), 6_433_713_753_386_422);
    assert.equal(multiplyDivideDown(-MAX, 5, 7), -6_433_713_753_386_423);
  });

  it('is the floor of the exact quotient where that is a safe integer', () => {
    const share = fc
      .tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: MAX }), fc.integer({ min: 1, max: MAX }))
      .map(([cost, a, b]): [number, number, number] => [cost, Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(share, ([a, b, c]) => {
        assert.equal(BigInt(multiplyDivideDown(a, b, c)), quotient(BigInt(a) * BigInt(b), BigInt(c))[0]);
      }),
      runs,
    );
  });

  it('parts a cost without losing any: what is taken and what is left make the whole', () => {
    const part = fc
      .tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }))
      .map(([cost, quantity, closed]): [number, number, number] => [cost, Math.min(closed, quantity), quantity]);
    fc.assert(
      fc.property(part, ([cost, closed, quantity]) => {
        const taken = multiplyDivideDown(cost, closed, quantity);
        assert.ok(Math.abs(taken) <= Math.abs(cost) && Math.abs(cost - taken) <= Math.abs(cost));
      }),
    );
  });
});
