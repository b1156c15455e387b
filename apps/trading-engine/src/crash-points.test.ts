import assert from 'node:assert/strict';
import { afterEach, describe, it, mock } from 'node:test';
import { ConfigError } from '@repo/service';
import { crashAt } from './crash-points.ts';

describe('crashAt', () => {
  afterEach(() => mock.restoreAll());
  const kills = () => mock.method(process, 'kill', () => true).mock;

  it('does nothing unless it is told', () => {
    const { calls } = kills();
    void crashAt(undefined)('after-commit');
    assert.equal(calls.length, 0);
  });

  it('kills at its point, the time that was asked for', () => {
    const killed = kills();
    const reachPoint = crashAt('after-commit:3');
    for (const point of ['after-commit', 'before-commit', 'after-commit', 'after-publish'] as const)
      void reachPoint(point);
    assert.equal(killed.callCount(), 0);
    void reachPoint('after-commit');
    assert.deepEqual(killed.calls[0]?.arguments, [process.pid, 'SIGKILL']);
  });

  it('kills the first time when no time is told', () => {
    const killed = kills();
    void crashAt('before-commit')('before-commit');
    assert.equal(killed.callCount(), 1);
  });

  for (const wrong of ['', 'lunch', 'after-commit:0', 'after-commit:-1', 'after-commit:1.5', 'after-commit:', ':3']) {
    it(`refuses "${wrong}"`, () => assert.throws(() => crashAt(wrong), ConfigError));
  }
});
