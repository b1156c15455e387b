import { CacheUnavailableError, type PendingOtp, type Redis } from '../port.ts';
import { TtlMap } from '../ttl-map.ts';
import { EmbeddedNonceStore } from './embedded-nonce-store.ts';
import { EmbeddedOtpStore } from './embedded-otp-store.ts';
import { EmbeddedPriceCache } from './embedded-price-cache.ts';
import { EmbeddedRateLimiter } from './embedded-rate-limiter.ts';
import { EmbeddedSessionStore } from './embedded-session-store.ts';

const sweepEveryMs = 1_000;

export interface EmbeddedRedisOptions {
  /** Most entries of each kind (pending codes, counts of tries, sessions, keys of one limit); 50,000 unless told. */
  readonly entriesMax?: number;
  /** Most nonces; one more is refused. 500,000 unless told. */
  readonly noncesMax?: number;
}

/** The stores in memory of this process; empty at each start, as after a flush. */
export function createEmbeddedRedis(options: EmbeddedRedisOptions = {}): Redis {
  const { entriesMax = 50_000, noncesMax = 500_000 } = options;
  let open = true;
  const demandOpen = () => {
    if (!open) throw new CacheUnavailableError('the embedded Redis is closed');
  };

  const pending = new TtlMap<PendingOtp>(entriesMax);
  const attempts = new TtlMap<number>(entriesMax);
  const sessions = new TtlMap<string>(entriesMax);
  const stopSweeping = [pending, attempts, sessions].map((map) => map.sweepEvery(sweepEveryMs));

  return {
    otps: new EmbeddedOtpStore(pending, attempts, demandOpen),
    sessions: new EmbeddedSessionStore(sessions, demandOpen),
    nonces: new EmbeddedNonceStore(noncesMax, demandOpen),
    prices: new EmbeddedPriceCache(demandOpen),
    limits: new EmbeddedRateLimiter(entriesMax),
    failures: 0,
    ping: async () => demandOpen(),
    close: async () => {
      open = false;
      for (const stop of stopSweeping) stop();
    },
  };
}
