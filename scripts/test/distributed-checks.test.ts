import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distributedChecks } from './distributed-checks.ts';

test('makes a check of each file, with the addresses and an output of its own', () => {
  const { signal } = new AbortController();
  const environment = { REDIS_URL: 'redis://127.0.0.1:1' };
  const files = ['packages/redis/src/server/away.distributed-test.ts', 'apps/poller/src/lease.distributed-test.ts'];
  const checks = distributedChecks({ files, results: '/results', environment, signal });
  assert.deepEqual(
    checks.map(({ name, what }) => [name, what]),
    [
      ['redis', 'server/away'],
      ['poller', 'lease'],
    ],
  );
  assert.deepEqual(checks[0]?.env, environment);
  assert.ok(checks[0]?.command.includes('--test-reporter-destination=/results/redis-server-away.txt'));
  assert.equal(checks[0]?.command.at(-1), files[0]);
});
