import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { limitCases } from './contract/limit-cases.ts';
import { nonceCases } from './contract/nonce-cases.ts';
import { otpCases } from './contract/otp-cases.ts';
import { priceCases } from './contract/price-cases.ts';
import { sessionCases } from './contract/session-cases.ts';
import { CacheUnavailableError, type Redis } from './port.ts';

/**
 * What every adapter must do: registers the suite with node:test. It uses keys of its own, so the server need not be
 * empty, and waits for conditions rather than for times. Each call of `createRedis` makes a client of the same server.
 */
export function redisContract(name: string, createRedis: () => Promise<Redis>): void {
  describe(`${name} keeps the contract of Redis`, () => {
    let redis: Redis;
    before(async () => {
      redis = await createRedis();
    });
    after(() => redis.close());

    describe('OtpStore', () => otpCases(() => redis.otps));
    describe('SessionStore', () => sessionCases(() => redis.sessions));
    describe('NonceStore', () => nonceCases(() => redis.nonces));
    describe('PriceCache', () => priceCases(() => redis.prices));
    describe('RateLimiter', () => limitCases(() => redis.limits));

    it('answers a ping', () => redis.ping());

    it('fails closed when it is closed, and goes on limiting', async () => {
      const closed = await createRedis();
      await closed.close();
      await closed.close();
      const calls: Record<string, () => Promise<unknown>> = {
        ping: () => closed.ping(),
        'otps.put': () => closed.otps.put('signup', 'email', { codeHash: 'hash', payload: '' }, 1_000),
        'otps.get': () => closed.otps.get('signup', 'email'),
        'otps.consume': () =>
          closed.otps.consume('signup', 'email', 'hash', { attemptsMax: 5, attemptsWindowMs: 1_000 }),
        'sessions.get': () => closed.sessions.get('user', 'session'),
        'sessions.end': () => closed.sessions.end('user', 'session', 1_000),
        'nonces.use': () => closed.nonces.use('key', 'nonce', Date.now(), 1_000),
        'prices.getMany': () => closed.prices.getMany(['SOL_USDC']),
      };
      for (const [call, act] of Object.entries(calls)) await assert.rejects(act(), CacheUnavailableError, call);
      const limit = { name: 'after-close', points: 2, durationMs: 600_000 };
      for (let taken = 0; taken < limit.points; taken += 1) await closed.limits.consume(limit, 'key');
      assert.equal((await closed.limits.consume(limit, 'key')).allowed, false);
    });
  });
}
