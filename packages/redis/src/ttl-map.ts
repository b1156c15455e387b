interface Entry<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

/** Entries looked at in one sweep, so that none takes long: well under a millisecond. */
const sweptMax = 5_000;

/**
 * A bounded map whose entries expire by the monotonic clock. When it is full the entry written longest ago makes
 * room: whoever floods it cannot make it grow, and refusing new keys instead would lock everyone out.
 */
export class TtlMap<V> {
  readonly #entriesMax: number;
  readonly #entries = new Map<string, Entry<V>>();
  /** Where the next sweep goes on; a Map's iterator stays valid while the map changes. */
  #sweeping = this.#entries.entries();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#live(key)?.value;
  }

  /** How long the entry has, ms; 0 when there is none. */
  ttlMs(key: string): number {
    const entry = this.#live(key);
    return entry === undefined ? 0 : entry.expiresAtMs - performance.now();
  }

  set(key: string, value: V, ttlMs: number): void {
    this.#write(key, { value, expiresAtMs: performance.now() + ttlMs });
  }

  /** Changes the value and leaves the time it has; does nothing when there is none. */
  update(key: string, value: V): void {
    const entry = this.#live(key);
    if (entry !== undefined) this.#write(key, { value, expiresAtMs: entry.expiresAtMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Drops expired entries in the background until the returned function is called. Keeps no process alive. */
  sweepEvery(ms: number): () => void {
    const timer = setInterval(() => this.#sweep(), ms).unref();
    return () => clearInterval(timer);
  }

  #sweep(): void {
    const now = performance.now();
    for (let looked = 0; looked < sweptMax; looked += 1) {
      const next = this.#sweeping.next();
      if (next.done === true) {
        this.#sweeping = this.#entries.entries();
        return;
      }
      const [key, entry] = next.value;
      if (entry.expiresAtMs <= now) this.#entries.delete(key);
    }
  }

  #live(key: string): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAtMs > performance.now() ? entry : undefined;
  }

  #write(key: string, entry: Entry<V>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= this.#entriesMax) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
