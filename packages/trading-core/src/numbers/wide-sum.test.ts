import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WideSum } from './wide-sum.ts';

const MAX = Number.MAX_SAFE_INTEGER;

describe('WideSum', () => {
  it('starts at zero', () => assert.equal(new WideSum().value, 0n));

  it('leaves the safe integers and comes back', () => {
    const sum = new WideSum();
    for (let i = 0; i < 1000; i += 1) sum.add(MAX);
    assert.equal(sum.value, 1000n * BigInt(MAX));
    for (let i = 0; i < 2000; i += 1) sum.add(-MAX);
    assert.equal(sum.value, -1000n * BigInt(MAX));
    for (let i = 0; i < 1000; i += 1) sum.add(MAX);
    assert.equal(sum.value, 0n);
  });

  it('keeps a single micro beside 2⁵³', () => {
    const sum = new WideSum();
    sum.add(MAX);
    sum.add(1);
    sum.add(1);
    assert.equal(sum.value, 9_007_199_254_740_993n);
    sum.add(-1);
    assert.equal(sum.value, 9_007_199_254_740_992n);
  });

  const limit = 2n ** 52n;
  const amount = fc.oneof(
    fc.maxSafeInteger(),
    fc.constantFrom(MAX, -MAX, Number(limit), -Number(limit), Number(limit) - 1, 1 - Number(limit), 1, -1, 0),
  );

  it('is the sum of what was added', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.array(amount), (start, amounts) => {
        const sum = new WideSum(start);
        for (const added of amounts) sum.add(added);
        assert.equal(
          sum.value,
          amounts.reduce((total, added) => total + BigInt(added), start),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('is made again from its value', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), (value) => {
        assert.equal(new WideSum(value).value, value);
      }),
    );
  });
});
