import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@repo/service';
import { watchRedis } from './watch-redis.ts';

test('shows the failures of now, however often it is asked', async () => {
  const metrics = createMetrics();
  const redis = { failures: 0 };
  watchRedis(metrics, redis);
  for (const failures of [0, 2, 2, 5]) {
    redis.failures = failures;
    assert.match(await metrics.metrics(), new RegExp(`^cfd_api_server_redis_failures_total ${failures}$`, 'm'));
  }
});
