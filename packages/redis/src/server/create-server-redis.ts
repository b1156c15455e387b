import type { Redis } from '../port.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { ServerNonceStore } from './server-nonce-store.ts';
import { ServerOtpStore } from './server-otp-store.ts';
import { ServerPriceCache } from './server-price-cache.ts';
import { ServerRateLimiter } from './server-rate-limiter.ts';
import { ServerSessionStore } from './server-session-store.ts';

export type ServerRedisOptions = ConnectionOptions;

/**
 * The stores of a Redis server, version 7 or later. Connects in the background, and again by itself whenever the
 * connection is lost; first calls wait for the first attempt.
 *
 * @param options `url` is `redis://` or `rediss://` (TLS), with user and password if the server wants them.
 */
export function createServerRedis(options: ServerRedisOptions): Redis {
  const connection = new Connection({
    ...options,
    onChange: (reason) => {
      // What fails here is done by the first nonce, which is then refused.
      if (reason === undefined) nonces.begin().catch(() => undefined);
      options.onChange?.(reason);
    },
  });
  const nonces = new ServerNonceStore(connection);
  const limits = new ServerRateLimiter(connection);
  return {
    otps: new ServerOtpStore(connection),
    sessions: new ServerSessionStore(connection),
    nonces,
    prices: new ServerPriceCache(connection),
    limits,
    get failures() {
      return connection.failures;
    },
    ping: async () => {
      await connection.run((client) => client.ping());
    },
    close: () => {
      limits.close();
      return connection.close();
    },
  };
}
