import assert from 'node:assert/strict';
import { it } from 'node:test';
import { redisConfigSchema } from './config.ts';

it('takes URLs of Redis servers only', () => {
  const accepts = (REDIS_URL: unknown) => redisConfigSchema.safeParse({ REDIS_URL }).success;
  for (const url of ['redis://127.0.0.1:6379', 'rediss://user:p%40ss@cache.example.com/2'])
    assert.ok(accepts(url), url);
  for (const url of [undefined, '', 'cache.example.com:6379', 'http://cache.example.com', 'redis://']) {
    assert.ok(!accepts(url), String(url));
  }
  assert.deepEqual(redisConfigSchema.parse({ REDIS_URL: 'redis://cache' }), {
    REDIS_URL: 'redis://cache',
    REDIS_KEY_PREFIX: '',
  });
});
