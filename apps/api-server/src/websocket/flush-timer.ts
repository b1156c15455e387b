import { monotonicMs } from '@repo/service';

/**
 * Runs `flush` for the first request at once, at the end of the running turn so that a batch of updates goes as one,
 * and requests that follow within `intervalMs` together when it has passed.
 */
export class FlushTimer {
  readonly #intervalMs: number;
  readonly #flush: () => void;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #pending = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, flush: () => void) {
    this.#intervalMs = intervalMs;
    this.#flush = flush;
  }

  request(): void {
    if (this.#pending) return;
    this.#pending = true;
    const waitMs = this.#lastAtMs + this.#intervalMs - monotonicMs();
    if (waitMs <= 0) queueMicrotask(this.#run);
    else this.#timer = setTimeout(this.#run, waitMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    // Left pending, so that a request after the close is not heard.
    this.#pending = true;
  }

  readonly #run = (): void => {
    this.#lastAtMs = monotonicMs();
    this.#pending = false;
    this.#flush();
  };
}
