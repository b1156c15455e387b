import { monotonicMs } from '@repo/service';

/** Remembers keys for a while, a bounded number of them: tells the first of a flood from the rest. */
export class FirstPerWindow {
  readonly #until = new Map<string, number>();
  readonly #keysMax: number;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
  }

  /** Whether `key` is new, or its last window (`windowMs`) is over; then a new window begins. */
  isFirst(key: string, windowMs: number): boolean {
    const now = monotonicMs();
    if ((this.#until.get(key) ?? 0) > now) return false;
    this.#until.delete(key);
    this.#until.set(key, now + windowMs);
    if (this.#until.size > this.#keysMax) {
      const oldest = this.#until.keys().next();
      if (!oldest.done) this.#until.delete(oldest.value);
    }
    return true;
  }
}
