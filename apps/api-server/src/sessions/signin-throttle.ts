import type { RateLimit, RateLimiter } from '@repo/redis';

export interface SigninThrottleOptions {
  readonly limits: RateLimiter;
  readonly failuresMax: number;
  readonly waitSecondsMin: number;
  readonly waitSecondsMax: number;
}

const FORGET_MS = 24 * 3_600_000;

/**
 * Slows down guessing at one account: after `failuresMax` failures its sign-ins have to wait, at first
 * `waitSecondsMin`, then twice as long after each further failure, up to `waitSecondsMax`. After each wait one try is
 * let through, so that nobody is locked out for ever. A success, or a day, forgets the failures.
 *
 * Each try is counted as a failure before its password is looked at, and taken back when it succeeds: of any number
 * of tries at once no more than the limit gets through.
 */
export class SigninThrottle {
  readonly #limits: RateLimiter;
  readonly #failures: RateLimit;
  readonly #level: RateLimit;
  readonly #waits: readonly RateLimit[];

  constructor(options: SigninThrottleOptions) {
    this.#limits = options.limits;
    this.#failures = { name: 'signin-failures', points: options.failuresMax, durationMs: FORGET_MS };
    const waits: RateLimit[] = [];
    for (let seconds = options.waitSecondsMin; ; seconds *= 2) {
      const last = seconds >= options.waitSecondsMax;
      const durationMs = Math.min(seconds, options.waitSecondsMax) * 1000;
      waits.push({ name: `signin-wait-${waits.length}`, points: 1, durationMs });
      if (last) break;
    }
    this.#waits = waits;
    this.#level = { name: 'signin-wait-level', points: waits.length, durationMs: FORGET_MS };
  }

  /** Whether this try may be answered truthfully. A try that may not must be refused like a wrong password. */
  async admit(email: string): Promise<boolean> {
    const { allowed, remaining } = await this.#limits.consume(this.#failures, email);
    if (allowed) {
      if (remaining === 0) await this.#startWait(0, email);
      return true;
    }
    const level = await this.#levelOf(email);
    if (!(await this.#startWait(level, email))) return false;
    const next = Math.min(level + 1, this.#waits.length - 1);
    if (next > level) {
      await this.#limits.consume(this.#level, email);
      await this.#startWait(next, email);
    }
    return true;
  }

  /** After a try that was admitted but could not be answered: it was no failure of whoever tried. */
  async takeBack(email: string): Promise<void> {
    await this.#limits.consume(this.#failures, email, -1);
  }

  /** After a success. */
  async forget(email: string): Promise<void> {
    await Promise.all([this.#limits.reset(this.#failures, email), this.#limits.reset(this.#level, email)]);
  }

  async #levelOf(email: string): Promise<number> {
    const { remaining } = await this.#limits.peek(this.#level, email);
    return Math.min(this.#waits.length - remaining, this.#waits.length - 1);
  }

  /** False when this wait is on already. */
  async #startWait(level: number, email: string): Promise<boolean> {
    const wait = this.#waits[level];
    return wait !== undefined && (await this.#limits.consume(wait, email)).allowed;
  }
}
