import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countNodeTests, countPlaywright, countVitest } from './count-tests.ts';

describe('counting tests', () => {
  it('reads the closing lines of each runner', () => {
    assert.deepEqual(
      countNodeTests('ℹ tests 9\nℹ suites 2\nℹ pass 5\nℹ fail 1\nℹ cancelled 1\nℹ skipped 2\nℹ todo 0\n'),
      { passed: 5, failed: 2, skipped: 2 },
    );
    assert.deepEqual(countVitest(' Test Files  1 passed (1)\n      Tests  3 failed | 12 passed | 1 skipped (16)\n'), {
      passed: 12,
      failed: 3,
      skipped: 1,
    });
    assert.deepEqual(countPlaywright('  1 failed\n    [chromium] › a.spec.ts\n  1 flaky\n  12 passed (34.5s)\n'), {
      passed: 12,
      failed: 2,
      skipped: 0,
    });
  });

  it('knows when a runner did not come to its end', () => {
    for (const count of [countNodeTests, countVitest, countPlaywright])
      assert.equal(count('Segmentation fault\n'), undefined);
  });
});
