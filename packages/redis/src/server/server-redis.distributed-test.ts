import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createClient } from 'redis';
import { longMs, newName } from '../contract/helpers.ts';
import { redisContract } from '../contract.ts';
import { CacheUnavailableError, type Redis } from '../port.ts';
import { createServerRedis } from './create-server-redis.ts';

const url = process.env.REDIS_URL;
if (url === undefined) throw new Error('REDIS_URL is not set');

redisContract('a Redis server', async () => createServerRedis({ url }));
redisContract('a Redis server with a prefix', async () => createServerRedis({ url, keyPrefix: `${randomUUID()}:` }));

describe('two clients of one Redis server', () => {
  const tries = { attemptsMax: 5, attemptsWindowMs: longMs };
  let clients: readonly [Redis, Redis];
  before(() => {
    clients = [createServerRedis({ url }), createServerRedis({ url })];
  });
  after(() => Promise.all(clients.map((client) => client.close())));
  const client = (index: number): Redis => clients[index % 2 === 0 ? 0 : 1];

  it('match a code once, however many try it at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const email = `${newName()}@example.com`;
      await client(round).otps.put('signup', email, { codeHash: 'right', payload: 'sealed' }, longMs);
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, index) => client(index).otps.consume('signup', email, 'right', tries)),
      );
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'matched').length, 1);
    }
  });

  it('share the budget of a limit', async () => {
    for (let round = 0; round < 20; round += 1) {
      const limit = { name: `shared-${newName()}`, points: 10, durationMs: longMs };
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) => client(index).limits.consume(limit, 'key')),
      );
      assert.equal(results.filter(({ allowed }) => allowed).length, limit.points);
    }
  });

  it('see each other’s resets', async () => {
    const limit = { name: `reset-${newName()}`, points: 2, durationMs: longMs };
    for (let taken = 0; taken < 4; taken += 1) await client(taken).limits.consume(limit, 'key');
    assert.equal((await client(1).limits.peek(limit, 'key')).allowed, false);
    await client(0).limits.reset(limit, 'key');
    assert.equal((await client(1).limits.peek(limit, 'key')).remaining, 2);
    assert.equal((await client(1).limits.consume(limit, 'key')).remaining, 1);
    assert.equal((await client(0).limits.consume(limit, 'key')).remaining, 0);
  });

  it('use a nonce once, however many try it at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const nonce = newName();
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, index) => client(index).nonces.use('key', nonce, Date.now(), 60_000)),
      );
      assert.equal(results.filter(Boolean).length, 1);
    }
  });

  it('see an end at once', async () => {
    const user = { userId: newName(), email: 'ada@example.com', createdAt: 0 };
    const session = { sessionId: newName(), user, generation: 0, idleExpiresAt: 0, absoluteExpiresAt: 0 };
    await client(0).sessions.putActive(session, longMs);
    await client(1).sessions.end(user.userId, session.sessionId, longMs);
    await client(0).sessions.putActive(session, longMs);
    assert.deepEqual(await client(0).sessions.get(user.userId, session.sessionId), { state: 'ended' });
  });
});

describe('a Redis server that lost what it knew', () => {
  it('refuses nonces of the time before', async () => {
    const keyPrefix = `${randomUUID()}:`;
    const redis = createServerRedis({ url, keyPrefix });
    const plain = await createClient({ url }).connect();
    const before = Date.now();
    assert.equal(await redis.nonces.use('key', 'nonce', before, 60_000), true);
    await plain.del(await plain.keys(`${keyPrefix}*`));
    await setTimeout(5);
    await assert.rejects(redis.nonces.use('key', 'nonce', before, 60_000), CacheUnavailableError);
    await assert.rejects(redis.nonces.use('key', 'nonce', before, 60_000), CacheUnavailableError);
    await setTimeout(5);
    assert.equal(await redis.nonces.use('key', 'another', Date.now(), 60_000), true);
    await Promise.all([redis.close(), plain.close()]);
  });
});

describe('what is written to a Redis server', () => {
  it('has the prefix, and a time to live, prices and one mark apart', async () => {
    const keyPrefix = `${randomUUID()}:`;
    const redis = createServerRedis({ url, keyPrefix, clientName: 'name-in-the-list' });
    const limit = { name: 'signin-address', points: 1, durationMs: longMs };
    const user = { userId: 'user', email: 'ada@example.com', createdAt: 0 };
    const session = { sessionId: 'one', user, generation: 0, idleExpiresAt: 0, absoluteExpiresAt: 0 };
    const tries = { attemptsMax: 5, attemptsWindowMs: longMs };
    await redis.otps.put('signup', 'ada@example.com', { codeHash: 'right', payload: '' }, longMs);
    await redis.otps.consume('signup', 'ada@example.com', 'wrong', tries);
    await redis.sessions.putActive(session, longMs);
    await redis.sessions.end('user', 'two', longMs);
    await redis.nonces.use('key', 'nonce', Date.now(), 60_000);
    await redis.limits.consume(limit, '192.0.2.1');
    await redis.limits.reset(limit, '192.0.2.1');
    await redis.limits.consume(limit, 'given back', -1);
    await redis.limits.peek(limit, 'looked at');
    await redis.limits.reset(limit, 'reset');
    await redis.prices.put({
      asset: 'SOL_USDC',
      price: 195.825,
      timestamp: 1_760_297_791_517,
      bid: '195.82',
      ask: '195.83',
      status: 'live',
      source: 'simulated',
      sequence: 1,
    });

    const plain = await createClient({ url }).connect();
    const keys = (await plain.keys(`${keyPrefix}*`)).sort();
    assert.deepEqual(
      keys.map((key) => key.slice(keyPrefix.length)),
      [
        'limit:signin-address:192.0.2.1',
        'limit:signin-address:given back',
        'nonce:key:nonce',
        'nonces-began',
        'nonces-kept',
        'otp-tries:signup:ada@example.com',
        'otp:signup:ada@example.com',
        'price:SOL_USDC',
        'session:user:one',
        'session:user:two',
      ],
    );
    for (const key of keys) {
      const ttl = await plain.pTTL(key);
      assert.ok(/:price:|:nonces-kept$/.test(key) ? ttl === -1 : ttl > 0 && ttl <= longMs, `${key}: ${ttl}`);
    }
    const list = await plain.clientList();
    assert.ok(list.some(({ name }) => name === 'name-in-the-list'));
    await Promise.all([redis.close(), plain.close()]);
  });
});
