import { CacheUnavailableError, type RateLimit, type RateLimiter, type RateLimitResult } from '../port.ts';
import { TtlMap } from '../ttl-map.ts';
import type { Connection } from './connection.ts';

/** Windows remembered of the server's; of a flood of keys the newest. */
const WINDOWS_MAX = 50_000;
const SWEEP_EVERY_MS = 1_000;

/** What this process knows of a window. */
interface Window {
  /** As the server told it. */
  readonly count: number;
  /** Taken while the server was away; told to it with the next call. */
  readonly owed: number;
}

/**
 * Counters with fixed windows on the server, in `limit:{name}:{key}`. Each window is remembered here too: while the
 * server is away this process goes on counting from where it was, and a window that the server lost begins there, so
 * that neither an outage nor a flush is a fresh budget.
 */
export class ServerRateLimiter implements RateLimiter {
  readonly #connection: Connection;
  readonly #windows = new TtlMap<Window>(WINDOWS_MAX);
  readonly #stopSweeping: () => void;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#stopSweeping = this.#windows.sweepEvery(SWEEP_EVERY_MS);
  }

  async consume(limit: RateLimit, key: string, points = 1): Promise<RateLimitResult> {
    const name = keyOf(limit, key);
    const { count, owed } = this.#remembered(name);
    const leftMs = this.#windows.ttlMs(name) || limit.durationMs;
    if (owed !== 0) this.#windows.update(name, { count, owed: 0 });
    const window = await this.#take(name, points + owed, { count, leftMs });
    return resultOf(limit, window, points < 0 ? window.count < limit.points : window.count <= limit.points);
  }

  async peek(limit: RateLimit, key: string): Promise<RateLimitResult> {
    const name = keyOf(limit, key);
    const { count, owed } = this.#remembered(name);
    const window = (await this.#look(name)) ?? { count, leftMs: this.#windows.ttlMs(name) };
    const known = { count: window.count + owed, leftMs: window.leftMs };
    return resultOf(limit, known, known.count < limit.points);
  }

  async reset(limit: RateLimit, key: string): Promise<void> {
    const name = keyOf(limit, key);
    this.#windows.delete(name);
    // Set to nothing rather than deleted: others remember the window and would take its absence for a loss.
    await this.#orElse(
      () => this.#connection.run((client) => client.set(name, 0, { condition: 'XX', expiration: 'KEEPTTL' })),
      () => null,
    );
  }

  /** Goes on limiting, in this process; what has expired is no longer reclaimed. */
  close(): void {
    this.#stopSweeping();
  }

  #take(name: string, points: number, remembered: Timed): Promise<Timed> {
    const sentAt = performance.now();
    return this.#orElse(
      async () => {
        const { count, leftMs } = await this.#connection.run((client) => client.takePoints(name, points, remembered));
        // Counted from before the call, so that it never outlasts the server's window.
        const { owed } = this.#remembered(name);
        this.#windows.set(name, { count, owed }, leftMs - (performance.now() - sentAt));
        return { count, leftMs };
      },
      () => {
        const { count, owed } = this.#remembered(name);
        const window = { count, owed: Math.max(-count, owed + points) };
        if (this.#windows.ttlMs(name) > 0) this.#windows.update(name, window);
        else this.#windows.set(name, window, remembered.leftMs);
        return { count: window.count + window.owed, leftMs: this.#windows.ttlMs(name) };
      },
    );
  }

  #look(name: string): Promise<Timed | undefined> {
    return this.#orElse(
      async () => {
        const [count, leftMs] = await this.#connection.run((client) => client.multi().get(name).pTTL(name).execTyped());
        return count === null ? undefined : { count: Number(count), leftMs };
      },
      () => undefined,
    );
  }

  async #orElse<T>(ask: () => Promise<T>, answerHere: () => T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof CacheUnavailableError) return answerHere();
      throw error;
    }
  }

  #remembered(name: string): Window {
    return this.#windows.get(name) ?? { count: 0, owed: 0 };
  }
}

interface Timed {
  readonly count: number;
  readonly leftMs: number;
}

function keyOf(limit: RateLimit, key: string): string {
  return `limit:${limit.name}:${key}`;
}

function resultOf(limit: RateLimit, { count, leftMs }: Timed, allowed: boolean): RateLimitResult {
  return {
    allowed,
    remaining: Math.max(0, limit.points - count),
    retryAfterMs: allowed ? 0 : Math.max(1, Math.ceil(leftMs)),
  };
}
