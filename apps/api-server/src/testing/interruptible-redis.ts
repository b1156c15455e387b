import {
  CacheUnavailableError,
  type NonceStore,
  type OtpStore,
  type PriceCache,
  type Redis,
  type SessionStore,
} from '@repo/redis';

/** A Redis that can be away: its stores reject, its limiter goes on, as the port says. */
export class InterruptibleRedis implements Redis {
  away = false;
  failures = 0;
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  get limits() {
    return this.#redis.limits;
  }

  readonly otps: OtpStore = {
    put: (...args) => this.#try(() => this.#redis.otps.put(...args)),
    get: (...args) => this.#try(() => this.#redis.otps.get(...args)),
    consume: (...args) => this.#try(() => this.#redis.otps.consume(...args)),
  };

  readonly sessions: SessionStore = {
    get: (...args) => this.#try(() => this.#redis.sessions.get(...args)),
    putActive: (...args) => this.#try(() => this.#redis.sessions.putActive(...args)),
    end: (...args) => this.#try(() => this.#redis.sessions.end(...args)),
  };

  readonly nonces: NonceStore = {
    use: (...args) => this.#try(() => this.#redis.nonces.use(...args)),
  };

  readonly prices: PriceCache = {
    put: (...args) => this.#try(() => this.#redis.prices.put(...args)),
    getMany: (...args) => this.#try(() => this.#redis.prices.getMany(...args)),
  };

  ping(): Promise<void> {
    return this.#try(() => this.#redis.ping());
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  async #try<T>(call: () => Promise<T>): Promise<T> {
    if (!this.away) return call();
    this.failures += 1;
    throw new CacheUnavailableError('interrupted by the test');
  }
}
