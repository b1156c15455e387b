import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accrue, CARRY_UNITS_PER_MICRO } from './accrue.ts';

const ONE = CARRY_UNITS_PER_MICRO;

describe('accrue', () => {
  for (const [carry, remainder, rounding, left] of [
    [0, 0, 0, 0],
    [0, ONE / 2, 0, ONE / 2],
    [ONE / 2, ONE / 2, 1, 0],
    [ONE / 2, -ONE / 2, 0, 0],
    [ONE - 1, 1, 1, 0],
    [ONE - 1, 2, 1, 1],
    [ONE - 1, 0, 0, ONE - 1],
    [-ONE / 2, -ONE / 2, -1, 0],
    [1 - ONE, -1, -1, 0],
    [1 - ONE, -2, -1, -1],
    [1 - ONE, 0, 0, 1 - ONE],
  ] as const) {
    it(`${remainder} to ${carry} books ${rounding} and carries ${left}`, () => {
      const accrued = accrue(carry, remainder);
      assert.deepEqual([accrued.rounding + 0, accrued.carry + 0], [rounding, left]);
    });
  }

  it('loses nothing, and carries less than a micro', () => {
    const remainder = fc.integer({ min: -ONE / 2, max: ONE / 2 });
    fc.assert(
      fc.property(fc.array(remainder), (remainders) => {
        let booked = 0;
        let carry = 0;
        for (const part of remainders) {
          const accrued = accrue(carry, part);
          booked += accrued.rounding;
          ({ carry } = accrued);
          assert.ok(Math.abs(carry) < ONE);
        }
        assert.equal(
          booked * ONE + carry,
          remainders.reduce((sum, part) => sum + part, 0),
        );
      }),
    );
  });
});
