import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@repo/service';
import { fullJitterMs } from './backoff.ts';

interface ConflatingWriterOptions<T> {
  /** Names the destination in the log. */
  readonly destination: string;
  readonly logger: Logger;
  /** More waiting items than this are reduced to the newest of each asset. */
  readonly waitingMax: number;
  /** Writes items in order; rejects when it could not write all of them. */
  readonly write: (items: readonly T[]) => Promise<void>;
  readonly onWritten?: (items: readonly T[]) => void;
  readonly onFailure: () => void;
  /** Told how many items were left out for newer ones of their asset. */
  readonly onConflated?: (count: number) => void;
}

const RETRY_BASE_MS = 50;
const RETRY_MAX_MS = 2_000;

/**
 * Writes to something that may be away. An item is written the moment it comes; those that come during a write go
 * together in the next. While writes fail only the newest item of each asset is kept, and it is written when the
 * destination is back: memory is bounded and no reader is left with an old price.
 */
export class ConflatingWriter<T extends { readonly asset: string }> {
  readonly #options: ConflatingWriterOptions<T>;
  readonly #stopping = new AbortController();
  #waiting: T[] = [];
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(options: ConflatingWriterOptions<T>) {
    this.#options = options;
  }

  /** Items not yet written, those of the write in hand aside. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (this.#failures > 0 || this.#waiting.length > this.#options.waitingMax) this.#conflate();
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** Finishes the write in hand and tries once more what waits. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const items = this.#waiting;
      this.#waiting = [];
      const isLastTry = this.#stopping.signal.aborted;
      try {
        await this.#options.write(items);
        this.#onWritten(items);
      } catch (error) {
        this.#onFailed(items, error);
        if (isLastTry) break;
        await this.#pause();
      }
    }
    this.#running = undefined;
  }

  #onWritten(items: readonly T[]): void {
    const { destination, logger, onWritten } = this.#options;
    if (this.#failures > 0) logger.info({ failures: this.#failures }, `${destination} is back`);
    this.#failures = 0;
    onWritten?.(items);
  }

  #onFailed(items: readonly T[], error: unknown): void {
    const { destination, logger, onFailure } = this.#options;
    if (this.#failures === 0) logger.error({ err: error }, `${destination} cannot be written: the newest prices wait`);
    this.#failures += 1;
    onFailure();
    this.#waiting = [...items, ...this.#waiting];
    this.#conflate();
  }

  #conflate(): void {
    const newest = new Map(this.#waiting.map((item) => [item.asset, item]));
    if (newest.size < this.#waiting.length) this.#options.onConflated?.(this.#waiting.length - newest.size);
    this.#waiting = [...newest.values()];
  }

  async #pause(): Promise<void> {
    const waitMs = fullJitterMs(this.#failures - 1, RETRY_BASE_MS, RETRY_MAX_MS);
    await sleep(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
