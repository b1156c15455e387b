import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { RateLimit, RateLimiter, RateLimitResult } from '@repo/redis';
import { SigninThrottle } from './signin-throttle.ts';

/** Fixed windows on a clock that the test turns. */
class TurnedLimiter implements RateLimiter {
  nowMs = 0;
  readonly #windows = new Map<string, { used: number; endsAt: number }>();

  async consume(limit: RateLimit, key: string, points = 1): Promise<RateLimitResult> {
    const window = this.#window(limit, key);
    window.used += points;
    return this.#result(limit, window, window.used <= limit.points);
  }

  async peek(limit: RateLimit, key: string): Promise<RateLimitResult> {
    const window = this.#window(limit, key);
    return this.#result(limit, window, window.used < limit.points);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    this.#windows.delete(`${limit.name} ${key}`);
  }

  #window(limit: RateLimit, key: string) {
    const name = `${limit.name} ${key}`;
    const known = this.#windows.get(name);
    if (known !== undefined && known.endsAt > this.nowMs) return known;
    const window = { used: 0, endsAt: this.nowMs + limit.durationMs };
    this.#windows.set(name, window);
    return window;
  }

  #result(limit: RateLimit, window: { used: number; endsAt: number }, allowed: boolean): RateLimitResult {
    const retryAfterMs = allowed ? 0 : window.endsAt - this.nowMs;
    return { allowed, remaining: Math.max(0, limit.points - window.used), retryAfterMs };
  }
}

let limits: TurnedLimiter;
let throttle: SigninThrottle;
const email = 'ada@example.com';

beforeEach(() => {
  limits = new TurnedLimiter();
  throttle = new SigninThrottle({ limits, failuresMax: 10, waitSecondsMin: 30, waitSecondsMax: 900 });
});

async function fail(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) assert.equal(await throttle.admit(email), true);
}

test('ten tries are let through, then not one more', async () => {
  await fail(10);
  for (let count = 0; count < 50; count += 1) assert.equal(await throttle.admit(email), false);
  assert.equal(await throttle.admit('bob@example.com'), true, 'others are not concerned');
});

test('of any number at once ten are let through', async () => {
  const admitted = await Promise.all(Array.from({ length: 200 }, () => throttle.admit(email)));
  assert.equal(admitted.filter(Boolean).length, 10);
});

test('the waits are 30 s, then double up to 15 min, one try after each', async () => {
  await fail(10);
  for (const seconds of [30, 60, 120, 240, 480, 900, 900, 900]) {
    limits.nowMs += seconds * 1000 - 1;
    assert.equal(await throttle.admit(email), false, `${seconds} s are not over`);
    limits.nowMs += 1;
    const admitted = await Promise.all([throttle.admit(email), throttle.admit(email), throttle.admit(email)]);
    assert.deepEqual(admitted.filter(Boolean).length, 1, `one try after ${seconds} s`);
  }
});

test('a success forgets everything', async () => {
  await fail(10);
  limits.nowMs += 30_000;
  assert.equal(await throttle.admit(email), true);
  await throttle.forget(email);
  await fail(10);
  limits.nowMs += 60_000;
  assert.equal(await throttle.admit(email), true);
});

test('a try that could not be answered is not counted', async () => {
  for (let count = 0; count < 50; count += 1) {
    assert.equal(await throttle.admit(email), true);
    await throttle.takeBack(email);
  }
  await fail(10);
  assert.equal(await throttle.admit(email), false);
});

test('a day forgets everything', async () => {
  await fail(10);
  limits.nowMs += 24 * 3_600_000;
  await fail(10);
});
