/**
 * Tokens flow in at a steady rate up to a capacity; each event takes one. An event that finds none is refused and still
 * takes one, so that whoever keeps knocking sinks below nothing: `overdrawn` says how far.
 */
export class TokenBucket {
  readonly capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  /** `now` is monotonic, ms. */
  constructor(capacity: number, perSecond: number, now: number) {
    this.capacity = capacity;
    this.#perMs = perSecond / 1_000;
    this.#tokens = capacity;
    this.#at = now;
  }

  take(now: number): boolean {
    this.#tokens = Math.min(this.capacity, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    this.#tokens -= 1;
    return this.#tokens >= 0;
  }

  /** How many tokens are owed. */
  get overdrawn(): number {
    return Math.max(0, -this.#tokens);
  }
}
