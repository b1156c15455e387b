import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Health } from './health.ts';

describe('Health', () => {
  it('is ready when every check is', async () => {
    const health = new Health();
    assert.deepEqual(await health.readiness(), { ready: true, checks: {} });
    health.add('kafka', async () => {});
    assert.deepEqual(await health.readiness(), { ready: true, checks: { kafka: 'ok' } });
  });

  it('says what is missing and why', async () => {
    const health = new Health();
    health.add('kafka', async () => {});
    health.add('redis', async () => {
      throw new Error('connection refused');
    });
    assert.deepEqual(await health.readiness(), { ready: false, checks: { kafka: 'ok', redis: 'connection refused' } });
  });

  it('does not wait for a check that hangs', async () => {
    const health = new Health();
    health.add('database', () => new Promise(() => {}));
    const { ready, checks } = await health.readiness();
    assert.equal(ready, false);
    assert.match(checks.database ?? '', /no answer/);
  });

  it('is not ready while stopping', async () => {
    const health = new Health();
    health.stopping();
    assert.deepEqual(await health.readiness(), { ready: false, checks: { service: 'stopping' } });
  });
});
