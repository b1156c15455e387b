import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { longMs, until } from '../contract/helpers.ts';
import { CacheUnavailableError } from '../port.ts';
import { createEmbeddedRedis } from './create-embedded-redis.ts';

describe('the embedded Redis', () => {
  it('stays bounded when an attacker chooses the keys', async () => {
    const redis = createEmbeddedRedis({ entriesMax: 100 });
    const limit = { name: 'flooded', points: 1, durationMs: longMs };
    const tries = { attemptsMax: 1, attemptsWindowMs: longMs };
    for (let flood = 0; flood < 150; flood += 1) {
      const email = `${flood}@example.com`;
      await redis.otps.put('signup', email, { codeHash: null, payload: '' }, longMs);
      await redis.otps.consume('signup', email, '', tries);
      await redis.sessions.end('user', String(flood), longMs);
      await redis.limits.consume(limit, email);
    }
    for (let flood = 0; flood < 150; flood += 1) {
      const email = `${flood}@example.com`;
      const kept = flood >= 50;
      assert.equal((await redis.otps.get('signup', email)) !== undefined, kept, email);
      assert.equal((await redis.sessions.get('user', String(flood))) !== undefined, kept, email);
      assert.equal((await redis.limits.peek(limit, email)).allowed, !kept, email);
    }
    assert.equal((await redis.otps.consume('signup', '149@example.com', '', tries)).outcome, 'exhausted');
    assert.equal((await redis.otps.consume('signup', '0@example.com', '', tries)).outcome, 'incorrect');
    await redis.close();
  });

  it('refuses a nonce that it has no room for, and those of the time before it', async () => {
    const redis = createEmbeddedRedis({ noncesMax: 3 });
    for (const nonce of ['one', 'two', 'three']) assert.ok(await redis.nonces.use('key', nonce, Date.now(), 100));
    assert.equal(await redis.nonces.use('key', 'one', Date.now(), 100), false);
    await assert.rejects(redis.nonces.use('key', 'four', Date.now(), 100), CacheUnavailableError);
    await until('there is room again', () => redis.nonces.use('key', 'four', Date.now(), 100).catch(() => false));
    await assert.rejects(redis.nonces.use('key', 'five', Date.now() - 60_000, 100), CacheUnavailableError);
    await redis.close();
  });

  it('refuses a limit with two sets of figures: one counter cannot serve both', async () => {
    const redis = createEmbeddedRedis();
    await redis.limits.consume({ name: 'signin', points: 5, durationMs: 10_000 }, 'key');
    await assert.rejects(redis.limits.consume({ name: 'signin', points: 6, durationMs: 10_000 }, 'key'), /two sets/);
    await assert.rejects(redis.limits.peek({ name: 'signin', points: 5, durationMs: 1_000 }, 'key'), /two sets/);
    await redis.close();
  });

  it('keeps a price as it was put', async () => {
    const redis = createEmbeddedRedis();
    const price = {
      asset: 'SOL_USDC',
      price: 195.825,
      timestamp: 1_760_297_791_517,
      bid: '195.82',
      ask: '195.83',
      status: 'live' as const,
      source: 'simulated' as const,
      sequence: 1,
    };
    await redis.prices.put(price);
    price.bid = 'changed';
    const [kept] = await redis.prices.getMany(['SOL_USDC']);
    assert.equal(kept?.bid, '195.82');
    assert.throws(() => Object.assign(kept ?? {}, { bid: 'changed' }), TypeError);
    await redis.close();
  });
});
