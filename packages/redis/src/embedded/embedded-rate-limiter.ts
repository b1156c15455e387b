import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimit, RateLimiter, RateLimitResult } from '../port.ts';

interface Counters {
  readonly limit: RateLimit;
  readonly memory: RateLimiterMemory;
  /** Keys and when their windows end, oldest first: the library itself would keep any number of keys. */
  readonly windows: Map<string, number>;
}

/** Counters with fixed windows, in memory. Goes on limiting after `close`: there is never no limiter. */
export class EmbeddedRateLimiter implements RateLimiter {
  readonly #keysMax: number;
  readonly #counters = new Map<string, Counters>();

  /** `keysMax`: keys counted per limit; beyond it the window begun longest ago is forgotten. */
  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  async consume(limit: RateLimit, key: string, points = 1): Promise<RateLimitResult> {
    const counters = this.#countersOf(limit);
    const { memory } = counters;
    if (points < 0) return this.#giveBack(counters, key, -points);
    const state = await memory.consume(key, points).catch((refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    if (state.isFirstInDuration) await this.#bound(counters, key);
    return resultOf(limit, state, state.consumedPoints <= limit.points);
  }

  async peek(limit: RateLimit, key: string): Promise<RateLimitResult> {
    const state = await this.#countersOf(limit).memory.get(key);
    if (state === null) return { allowed: limit.points > 0, remaining: limit.points, retryAfterMs: 0 };
    return resultOf(limit, state, state.consumedPoints < limit.points);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    const { memory, windows } = this.#countersOf(limit);
    windows.delete(key);
    await memory.delete(key);
  }

  /** What goes below zero is taken again: nobody gains points by giving back. */
  async #giveBack(counters: Counters, key: string, points: number): Promise<RateLimitResult> {
    const { limit, memory } = counters;
    const given = await memory.reward(key, points);
    if (given.isFirstInDuration) await this.#bound(counters, key);
    const tooMany = Math.min(points, Math.max(0, -given.consumedPoints));
    const state = tooMany > 0 ? await memory.penalty(key, tooMany) : given;
    return resultOf(limit, state, state.consumedPoints < limit.points);
  }

  #countersOf(limit: RateLimit): Counters {
    let counters = this.#counters.get(limit.name);
    if (counters === undefined) {
      const memory = new RateLimiterMemory({ points: limit.points, duration: limit.durationMs / 1_000 });
      counters = { limit, memory, windows: new Map() };
      this.#counters.set(limit.name, counters);
    }
    if (counters.limit.points !== limit.points || counters.limit.durationMs !== limit.durationMs) {
      throw new Error(`the limit ${limit.name} has two sets of figures`);
    }
    return counters;
  }

  /** Notes the key's new window and forgets ended ones, and the oldest beyond `keysMax`. */
  async #bound({ limit, memory, windows }: Counters, key: string): Promise<void> {
    const now = performance.now();
    windows.delete(key);
    windows.set(key, now + limit.durationMs);
    for (const [oldest, endsAtMs] of windows) {
      if (endsAtMs > now && windows.size <= this.#keysMax) break;
      windows.delete(oldest);
      if (endsAtMs > now) await memory.delete(oldest);
    }
  }
}

function resultOf(limit: RateLimit, state: RateLimiterRes, allowed: boolean): RateLimitResult {
  return {
    allowed,
    remaining: Math.max(0, limit.points - state.consumedPoints),
    retryAfterMs: allowed ? 0 : Math.max(1, Math.ceil(state.msBeforeNext)),
  };
}
