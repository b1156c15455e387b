import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RateLimit, RateLimiter } from '../port.ts';
import { longMs, newName, until } from './helpers.ts';

const newLimit = (points: number, durationMs = longMs): RateLimit => ({
  name: `contract-${newName()}`,
  points,
  durationMs,
});

/** Rate limits. */
export function limitCases(limits: () => RateLimiter): void {
  it('allows as many points as the limit has, then tells when to come back', async () => {
    const limit = newLimit(3);
    for (const remaining of [2, 1, 0]) {
      assert.deepEqual(await limits().consume(limit, 'key'), { allowed: true, remaining, retryAfterMs: 0 });
    }
    for (let more = 0; more < 3; more += 1) {
      const refused = await limits().consume(limit, 'key');
      assert.deepEqual({ ...refused, retryAfterMs: 0 }, { allowed: false, remaining: 0, retryAfterMs: 0 });
      assert.ok(refused.retryAfterMs > 0 && refused.retryAfterMs <= longMs, `${refused.retryAfterMs} ms`);
    }
  });

  it('allows exactly the limit of many at once', async () => {
    const limit = newLimit(10);
    const results = await Promise.all(Array.from({ length: 60 }, () => limits().consume(limit, 'key')));
    assert.equal(results.filter(({ allowed }) => allowed).length, 10);
    assert.deepEqual(
      results
        .filter(({ allowed }) => allowed)
        .map(({ remaining }) => remaining)
        .sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it('takes several points at once', async () => {
    const limit = newLimit(10);
    assert.equal((await limits().consume(limit, 'key', 7)).remaining, 3);
    assert.equal((await limits().consume(limit, 'key', 3)).allowed, true);
    assert.equal((await limits().consume(limit, 'key', 1)).allowed, false);
    assert.equal((await limits().consume(limit, 'other', 11)).allowed, false);
  });

  it('takes points back, and never more than were taken', async () => {
    const limit = newLimit(3);
    for (let taken = 0; taken < 3; taken += 1) await limits().consume(limit, 'key');
    assert.deepEqual(await limits().consume(limit, 'key', -1), { allowed: true, remaining: 1, retryAfterMs: 0 });
    assert.equal((await limits().consume(limit, 'key')).allowed, true);
    assert.equal((await limits().consume(limit, 'key')).allowed, false);
    for (const key of ['key', 'never counted']) {
      await Promise.all(Array.from({ length: 10 }, () => limits().consume(limit, key, -2)));
      assert.equal((await limits().peek(limit, key)).remaining, 3, key);
      const results = await Promise.all(Array.from({ length: 6 }, () => limits().consume(limit, key)));
      assert.equal(results.filter(({ allowed }) => allowed).length, 3, key);
    }
  });

  it('looks without taking', async () => {
    const limit = newLimit(2);
    for (let look = 0; look < 5; look += 1) {
      assert.deepEqual(await limits().peek(limit, 'key'), { allowed: true, remaining: 2, retryAfterMs: 0 });
    }
    await limits().consume(limit, 'key');
    assert.deepEqual(await limits().peek(limit, 'key'), { allowed: true, remaining: 1, retryAfterMs: 0 });
    await limits().consume(limit, 'key');
    const full = await limits().peek(limit, 'key');
    assert.ok(!full.allowed && full.remaining === 0);
    assert.ok(full.retryAfterMs > 0 && full.retryAfterMs <= longMs, `${full.retryAfterMs} ms`);
  });

  it('begins anew after a reset', async () => {
    const limit = newLimit(1);
    await limits().consume(limit, 'key');
    assert.equal((await limits().consume(limit, 'key')).allowed, false);
    await limits().reset(limit, 'key');
    assert.equal((await limits().consume(limit, 'key')).allowed, true);
    await limits().reset(limit, 'never counted');
  });

  it('keeps limits and keys apart', async () => {
    const [one, two] = [newLimit(1), newLimit(1)];
    const keys = ['key', 'KEY', 'key:', ':key', `${two.name}:key`, '2001:db8::/64', '__proto__', 'ключ'];
    for (const limit of [one, two]) {
      for (const key of keys) assert.equal((await limits().consume(limit, key)).allowed, true, key);
      for (const key of keys) assert.equal((await limits().consume(limit, key)).allowed, false, key);
    }
  });

  it('allows again when the window is over, which refused tries do not prolong', async () => {
    const limit = newLimit(2, 1_000);
    for (let taken = 0; taken < 2; taken += 1) await limits().consume(limit, 'key');
    await until('the window to end', async () => (await limits().consume(limit, 'key')).allowed);
    await until('a look to see it too', async () => (await limits().peek(limit, 'key')).remaining > 0);
  });
}
