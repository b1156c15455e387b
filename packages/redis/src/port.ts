import type { Price, SessionData } from '@repo/schemas';

// Ports are named for the need. Each rejects with CacheUnavailableError within 2 s when Redis is away: callers fail
// closed. Both adapters pass the suites in contract.ts.

/** What a one-time code is for; a code of one purpose is worth nothing for another. */
export type OtpPurpose = 'signup';

export interface PendingOtp {
  /** HMAC of the code, hex. Never the code. `null` in a decoy, which no code opens. */
  readonly codeHash: string | null;
  /** What the code unlocks, e.g. the pending sign-up with its sealed password. */
  readonly payload: string;
}

export type OtpConsumption =
  | { readonly outcome: 'matched'; readonly payload: string }
  /** Wrong, expired, or none pending; which of them is not told. */
  | { readonly outcome: 'incorrect'; readonly attemptsLeft: number }
  | { readonly outcome: 'exhausted'; readonly retryAfterMs: number };

/** `otp:{purpose}:{email}`. */
export interface OtpStore {
  /** Replaces what was pending for the address. The count of tries is kept: a new code does not reset it. */
  put(purpose: OtpPurpose, email: string, pending: PendingOtp, ttlMs: number): Promise<void>;
  /** What is pending, e.g. to send a new code for the same sign-up. */
  get(purpose: OtpPurpose, email: string): Promise<PendingOtp | undefined>;
  /**
   * One try, atomically: counts it (pending or not), refuses beyond `attemptsMax` in `attemptsWindowMs` without
   * comparing, compares in constant time, and removes on a match, so that of any number of parallel correct tries
   * exactly one matches. A match clears the count.
   */
  consume(
    purpose: OtpPurpose,
    email: string,
    codeHash: string,
    limits: { readonly attemptsMax: number; readonly attemptsWindowMs: number },
  ): Promise<OtpConsumption>;
}

export type CachedSession = { readonly state: 'active'; readonly session: SessionData } | { readonly state: 'ended' };

/** `session:{userId}:{sessionId}`: a cache of the sessions in PostgreSQL. Losing it signs nobody out. */
export interface SessionStore {
  get(userId: string, sessionId: string): Promise<CachedSession | undefined>;
  /** Keeps an active session unless the key says `ended`: a late reader must not revive what has just ended. */
  putActive(session: SessionData, ttlMs: number): Promise<void>;
  /** Marks it ended; the mark outlives every access token of the session. */
  end(userId: string, sessionId: string, ttlMs: number): Promise<void>;
}

/** `nonce:{owner}:{nonce}`: what may be used once. */
export interface NonceStore {
  /**
   * Uses a nonce up: true for exactly one of all who try, on whatever process. Rejects with `CacheUnavailableError` also
   * when it cannot be told: the store is full, or began empty after `madeAt`.
   *
   * @param madeAt ms since the epoch: when the request with the nonce was made, as it says itself.
   * @param keepMs how long such a request can come again, two minutes at most; the same in every call.
   */
  use(owner: string, nonce: string, madeAt: number, keepMs: number): Promise<boolean>;
}

/** `price:{asset}`. */
export interface PriceCache {
  put(price: Price): Promise<void>;
  /** The kept prices of these assets, in no order; absent ones are left out. */
  getMany(assets: readonly string[]): Promise<readonly Price[]>;
}

export interface RateLimit {
  /** Names the limit in keys and metrics, e.g. `signin-address`. */
  readonly name: string;
  readonly points: number;
  readonly durationMs: number;
}

export interface RateLimitResult {
  readonly allowed: boolean;
  readonly remaining: number;
  /** How long until a point is free again; 0 when allowed. */
  readonly retryAfterMs: number;
}

/** Counters with a window. When Redis is away it answers from a strict limiter in the process, never without one. */
export interface RateLimiter {
  /** Takes points (1 unless told). A negative number gives back what was taken, and no more. */
  consume(limit: RateLimit, key: string, points?: number): Promise<RateLimitResult>;
  /** Looks without taking. */
  peek(limit: RateLimit, key: string): Promise<RateLimitResult>;
  reset(limit: RateLimit, key: string): Promise<void>;
}

/** The stores of one Redis, real or embedded. */
export interface Redis {
  readonly otps: OtpStore;
  readonly sessions: SessionStore;
  readonly nonces: NonceStore;
  readonly prices: PriceCache;
  readonly limits: RateLimiter;
  /** Calls since the start that Redis did not answer, those that the limiter made up for included. */
  readonly failures: number;
  /** Resolves when the server answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Redis is away or did not answer in time. It may pass: retry. */
export class CacheUnavailableError extends Error {
  override readonly name = 'CacheUnavailableError';
}
