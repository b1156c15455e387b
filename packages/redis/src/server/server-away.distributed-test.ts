import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { longMs, newName } from '../contract/helpers.ts';
import { CacheUnavailableError, type RateLimit, type Redis } from '../port.ts';
import { createServerRedis } from './create-server-redis.ts';
import { type RedisProcess, startRedisProcess } from './testing/redis-process.ts';

const tries = { attemptsMax: 5, attemptsWindowMs: longMs };
const newLimit = (points: number, durationMs = longMs): RateLimit => ({ name: `l-${newName()}`, points, durationMs });

/** How long a call takes to fail, ms; it has to. */
async function msToFail(call: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await assert.rejects(call, CacheUnavailableError);
  return performance.now() - start;
}

async function msUntil(condition: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < 10_000) {
    const works = await condition().then(
      () => true,
      () => false,
    );
    if (works) return performance.now() - start;
    await delay(5);
  }
  throw new Error('it did not recover within 10 s');
}

describe('a Redis server that goes away', () => {
  let server: RedisProcess;
  let redis: Redis;
  let changes: (Error | undefined)[];
  beforeEach(async () => {
    server = await startRedisProcess();
    changes = [];
    redis = createServerRedis({ url: server.url, onChange: (reason) => changes.push(reason) });
    await redis.ping();
  });
  afterEach(async () => {
    await redis.close();
    await server.close();
  });

  it('is told at once when it is killed, and found again when it is back', async () => {
    for (let round = 0; round < 3; round += 1) {
      const inHand = Promise.allSettled(Array.from({ length: 20 }, () => redis.ping()));
      await server.kill();
      await inHand;
      for (const call of [
        redis.ping(),
        redis.otps.get('signup', 'ada@example.com'),
        redis.otps.consume('signup', 'ada@example.com', 'right', tries),
        redis.sessions.get('user', 'session'),
        redis.prices.getMany(['SOL_USDC']),
      ]) {
        assert.ok((await msToFail(call)) < 200);
      }
      const failures = redis.failures;
      assert.ok(failures >= 5 * (round + 1), `${failures} counted`);
      await delay(round * 1_500);
      assert.ok((await msToFail(redis.ping())) < 200, 'nothing queues');
      assert.equal(redis.failures, failures + 1);
      await server.start();
      const recovered = await msUntil(() => redis.ping());
      assert.ok(recovered < 1_500, `${recovered} ms`);
    }
    assert.deepEqual(
      changes.map((reason) => reason === undefined),
      [true, false, true, false, true, false, true],
      'each change is told once',
    );
  });

  it('is given up within 2 s when it stops answering, and found again when it goes on', async () => {
    server.freeze();
    const late = await Promise.all(Array.from({ length: 20 }, () => msToFail(redis.prices.getMany(['SOL_USDC']))));
    assert.ok(Math.max(...late) < 2_000, `${Math.max(...late)} ms`);
    const start = performance.now();
    while (performance.now() - start < 4_000) {
      assert.ok((await msToFail(redis.ping())) < 2_000);
      await delay(20);
    }
    server.thaw();
    const recovered = await msUntil(() => redis.ping());
    assert.ok(recovered < 2_000, `${recovered} ms`);
  });

  it('goes on after a pause too short to cut it', async () => {
    server.freeze();
    const asking = redis.ping();
    await delay(700);
    server.thaw();
    await asking;
    assert.equal(changes.length, 1);
  });

  it('keeps the budget of a limit through an outage', async () => {
    const limit = newLimit(10);
    for (let taken = 0; taken < 4; taken += 1) await redis.limits.consume(limit, 'key');
    await server.kill();
    assert.deepEqual(await redis.limits.peek(limit, 'key'), { allowed: true, remaining: 6, retryAfterMs: 0 });
    for (const remaining of [5, 4, 3]) assert.equal((await redis.limits.consume(limit, 'key')).remaining, remaining);
    assert.equal((await redis.limits.consume(limit, 'key', -1)).remaining, 4);
    await server.start();
    await msUntil(() => redis.ping());
    for (const remaining of [3, 2, 1, 0]) {
      assert.deepEqual(await redis.limits.consume(limit, 'key'), { allowed: true, remaining, retryAfterMs: 0 });
    }
    assert.equal((await redis.limits.consume(limit, 'key')).allowed, false);
    assert.equal((await redis.limits.peek(limit, 'key')).allowed, false);
  });

  it('is never the end of limits', async () => {
    await server.kill();
    const limit = newLimit(5, 500);
    const allowed = async () =>
      (await Promise.all(Array.from({ length: 50 }, () => redis.limits.consume(limit, 'key')))).filter(
        (result) => result.allowed,
      ).length;
    assert.equal(await allowed(), 5);
    const refused = await redis.limits.consume(limit, 'key');
    assert.ok(!refused.allowed && refused.retryAfterMs > 0 && refused.retryAfterMs <= 500);
    await delay(510);
    assert.equal(await allowed(), 5, 'a window ends also here');
    await redis.limits.reset(limit, 'key');
    assert.equal((await redis.limits.peek(limit, 'key')).remaining, 5);
  });

  it('tells what was taken meanwhile to a server that lost nothing', async () => {
    const other = createServerRedis({ url: server.url });
    const limit = newLimit(10);
    await redis.limits.consume(limit, 'key', 2);
    server.freeze();
    await redis.limits.consume(limit, 'key', 3);
    server.thaw();
    await msUntil(() => redis.ping());
    const { remaining } = await redis.limits.consume(limit, 'key');
    assert.ok(remaining <= 4, 'a call without an answer may have counted twice, never not at all');
    assert.equal((await other.limits.peek(limit, 'key')).remaining, remaining);
    await other.close();
  });

  it('flushed: codes are expired, limits hold', async () => {
    const plain = await createClient({ url: server.url }).connect();
    const other = createServerRedis({ url: server.url });
    await redis.otps.put('signup', 'ada@example.com', { codeHash: 'right', payload: 'sealed' }, longMs);
    const limit = newLimit(5);
    for (let taken = 0; taken < 5; taken += 1) await redis.limits.consume(limit, 'key');
    const before = await redis.limits.peek(limit, 'key');
    await plain.flushAll();
    const tried = await redis.otps.consume('signup', 'ada@example.com', 'right', tries);
    assert.equal(tried.outcome, 'incorrect');
    assert.equal((await redis.limits.peek(limit, 'key')).allowed, false);
    assert.equal((await redis.limits.consume(limit, 'key')).allowed, false);
    const held = await other.limits.consume(limit, 'key');
    assert.equal(held.allowed, false, 'others hear of it');
    assert.ok(held.retryAfterMs <= before.retryAfterMs, 'the window is not prolonged');
    await Promise.all([plain.close(), other.close()]);
  });

  it('refuses for a while and works again on the same connection: both are told', async () => {
    const plain = await createClient({ url: server.url }).connect();
    await plain.sendCommand(['ACL', 'SETUSER', 'default', '-ping']);
    await msUntil(async () => assert.notEqual(changes.at(-1), undefined));
    await plain.sendCommand(['ACL', 'SETUSER', 'default', '+ping']);
    await redis.ping();
    assert.deepEqual(
      changes.map((reason) => reason === undefined),
      [true, false, true],
    );
    await plain.close();
  });

  it('forgets its scripts and is taught them again', async () => {
    const plain = await createClient({ url: server.url }).connect();
    const limit = newLimit(10);
    await redis.limits.consume(limit, 'key');
    await plain.scriptFlush();
    const results = await Promise.all(Array.from({ length: 12 }, () => redis.limits.consume(limit, 'key')));
    assert.equal(results.filter(({ allowed }) => allowed).length, 9);
    await plain.close();
  });

  it('full: refuses what would grow, and says so', async () => {
    const plain = await createClient({ url: server.url }).connect();
    await plain.configSet('maxmemory', '1');
    await assert.rejects(redis.sessions.end('user', 'session', longMs), CacheUnavailableError);
    await plain.configSet('maxmemory', '0');
    await redis.sessions.end('user', 'session', longMs);
    await plain.close();
  });
});

describe('a Redis server that is not there at the start', () => {
  it('is found when it comes', async () => {
    const server = await startRedisProcess();
    await server.kill();
    const redis = createServerRedis({ url: server.url });
    assert.ok((await msToFail(redis.ping())) < 1_000);
    await server.start();
    assert.ok((await msUntil(() => redis.ping())) < 1_500);
    await redis.close();
    await server.close();
  });

  it('closes at once, and nothing goes on', async () => {
    const redis = createServerRedis({ url: 'redis://127.0.0.1:1' });
    await redis.limits.consume(newLimit(1), 'key');
    const start = performance.now();
    await redis.close();
    assert.ok(performance.now() - start < 200);
    await assert.rejects(redis.ping(), CacheUnavailableError);
  });
});

it('gives a server that takes connections and never answers 2 s', async () => {
  const sockets = new Set<Socket>();
  const blackHole = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.resume().on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(blackHole, 'listening');
  const { port } = blackHole.address() as AddressInfo;
  const redis = createServerRedis({ url: `redis://127.0.0.1:${port}` });
  const limit = newLimit(1);
  for (let call = 0; call < 3; call += 1) {
    const [late, limited] = await Promise.all([
      msToFail(redis.sessions.get('user', 'session')),
      redis.limits.consume(limit, 'key'),
    ]);
    assert.ok(late < 2_000, `${late} ms`);
    assert.equal(limited.allowed, call === 0);
  }
  await delay(4_000);
  assert.ok(sockets.size <= 1, 'connections without an answer are cut');
  await redis.close();
  for (const socket of sockets) socket.destroy();
  blackHole.close();
});

it('gives the password of its URL, and says that a wrong one is refused', async (test) => {
  const server = await startRedisProcess(() => ['--requirepass', 'p@ss/word']);
  test.after(() => server.close());
  const right = createServerRedis({ url: `redis://:${encodeURIComponent('p@ss/word')}@127.0.0.1:${server.port}` });
  test.after(() => right.close());
  await right.ping();
  let reason: Error | undefined;
  const wrong = createServerRedis({
    url: `redis://:wrong@127.0.0.1:${server.port}`,
    onChange: (told) => (reason = told),
  });
  test.after(() => wrong.close());
  await assert.rejects(wrong.ping(), CacheUnavailableError);
  assert.match(reason?.message ?? '', /WRONGPASS/);
});
