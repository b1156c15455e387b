import type { RateLimit } from '@repo/redis';
import type { ApiServerConfig } from '../config.ts';

/** Every limit with a window, by what it counts. */
export interface Limits {
  /** Per address block. */
  readonly signup: RateLimit;
  readonly verify: RateLimit;
  readonly signin: RateLimit;
  readonly refresh: RateLimit;
  /** Per account: whatever changes something in it. */
  readonly orders: RateLimit;
  /** Per API key. */
  readonly apiKey: RateLimit;
  /** Signed requests that were refused, per address block. */
  readonly apiKeyFailures: RateLimit;
  /** Per user: making and revoking API keys. */
  readonly apiKeyChanges: RateLimit;
  /** Per mail address, the tightest first. */
  readonly codeSends: readonly RateLimit[];
}

export function createLimits(config: ApiServerConfig): Limits {
  const limit = (name: string, points: number, seconds: number): RateLimit => ({
    name,
    points,
    durationMs: seconds * 1000,
  });
  return {
    signup: limit('signup-address', config.SIGNUPS_PER_10_MINUTES, 600),
    verify: limit('verify-address', config.CODE_TRIES_PER_10_SECONDS, 10),
    signin: limit('signin-address', config.SIGNINS_PER_10_SECONDS, 10),
    refresh: limit('refresh-address', config.REFRESHES_PER_10_SECONDS, 10),
    orders: limit('orders-account', config.ORDERS_PER_SECOND, 1),
    apiKey: limit('api-key', config.API_KEY_REQUESTS_PER_SECOND, 1),
    apiKeyFailures: limit('api-key-failures', config.API_KEY_FAILURES_PER_10_SECONDS, 10),
    apiKeyChanges: limit('api-key-changes', config.API_KEY_CHANGES_PER_10_MINUTES, 600),
    codeSends: [
      limit('code-sends-minute', config.OTP_SENDS_PER_MINUTE, 60),
      limit('code-sends-hour', config.OTP_SENDS_PER_HOUR, 3600),
      limit('code-sends-day', config.OTP_SENDS_PER_DAY, 86_400),
    ],
  };
}
