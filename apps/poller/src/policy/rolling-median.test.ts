import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RollingMedian } from './rolling-median.ts';

function naiveMedian(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[(values.length - 1) >> 1];
}

test('it is the median of the newest values, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      // Few distinct values, so that equal ones meet.
      fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))),
      (capacity, values) => {
        const rolling = new RollingMedian(capacity);
        values.forEach((value, index) => {
          rolling.push(value, index);
          const newest = values.slice(Math.max(0, index + 1 - capacity), index + 1);
          // `+ 0` makes -0 and 0 the same.
          assert.equal((rolling.median ?? Number.NaN) + 0, (naiveMedian(newest) ?? Number.NaN) + 0);
          assert.equal(rolling.size, newest.length);
        });
      },
    ),
  );
});

test('what is older than asked for is forgotten', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer(), fc.nat(20)), { maxLength: 40 }), fc.nat(400), (steps, keepFrom) => {
      const rolling = new RollingMedian(40);
      let atMs = 0;
      const seen = steps.map(([value, waitMs]) => {
        atMs += waitMs;
        rolling.push(value, atMs);
        return { value, atMs };
      });
      rolling.expire(keepFrom);
      assert.equal(rolling.median, naiveMedian(seen.filter((one) => one.atMs >= keepFrom).map((one) => one.value)));
    }),
  );
});

test('cleared, it is empty and usable', () => {
  const rolling = new RollingMedian(3);
  for (const value of [5, 6, 7]) rolling.push(value, 0);
  rolling.clear();
  assert.equal(rolling.median, undefined);
  rolling.push(1, 1);
  assert.equal(rolling.median, 1);
});
