import { createHash, timingSafeEqual } from 'node:crypto';
import type { OtpConsumption, OtpPurpose, OtpStore, PendingOtp } from '../port.ts';
import type { TtlMap } from '../ttl-map.ts';

/** One-time codes in memory. Each operation runs in one go, so no two tries interleave. */
export class EmbeddedOtpStore implements OtpStore {
  readonly #pending: TtlMap<PendingOtp>;
  readonly #attempts: TtlMap<number>;
  readonly #demandOpen: () => void;

  constructor(pending: TtlMap<PendingOtp>, attempts: TtlMap<number>, demandOpen: () => void) {
    this.#pending = pending;
    this.#attempts = attempts;
    this.#demandOpen = demandOpen;
  }

  async put(purpose: OtpPurpose, email: string, pending: PendingOtp, ttlMs: number): Promise<void> {
    this.#demandOpen();
    const { codeHash, payload } = pending;
    this.#pending.set(keyOf(purpose, email), Object.freeze({ codeHash, payload }), ttlMs);
  }

  async get(purpose: OtpPurpose, email: string): Promise<PendingOtp | undefined> {
    this.#demandOpen();
    return this.#pending.get(keyOf(purpose, email));
  }

  async consume(
    purpose: OtpPurpose,
    email: string,
    codeHash: string,
    limits: { readonly attemptsMax: number; readonly attemptsWindowMs: number },
  ): Promise<OtpConsumption> {
    this.#demandOpen();
    const key = keyOf(purpose, email);
    const before = this.#attempts.get(key);
    if ((before ?? 0) >= limits.attemptsMax) {
      return { outcome: 'exhausted', retryAfterMs: Math.ceil(this.#attempts.ttlMs(key)) };
    }
    const count = (before ?? 0) + 1;
    if (before === undefined) this.#attempts.set(key, count, limits.attemptsWindowMs);
    else this.#attempts.update(key, count);

    const pending = this.#pending.get(key);
    if (!sameHash(pending?.codeHash ?? null, codeHash) || pending === undefined) {
      return { outcome: 'incorrect', attemptsLeft: limits.attemptsMax - count };
    }
    this.#pending.delete(key);
    this.#attempts.delete(key);
    return { outcome: 'matched', payload: pending.payload };
  }
}

function keyOf(purpose: OtpPurpose, email: string): string {
  return `${purpose}:${email}`;
}

/** Takes the same time for a right, a wrong and an absent code. */
function sameHash(expected: string | null, given: string): boolean {
  const equal = timingSafeEqual(digest(expected ?? ''), digest(given));
  return equal && expected !== null;
}

/** Makes both sides the same length, which `timingSafeEqual` demands. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
