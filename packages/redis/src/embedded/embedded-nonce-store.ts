import { CacheUnavailableError, type NonceStore } from '../port.ts';

/** How long a store that began empty says so: longer than any nonce is kept. */
const BEGAN_MS = 120_000;

/** Nonces in memory. All are kept equally long, so the map has them in the order in which they end. */
export class EmbeddedNonceStore implements NonceStore {
  readonly #endsAtMs = new Map<string, number>();
  readonly #noncesMax: number;
  readonly #demandOpen: () => void;
  readonly #began = { at: Date.now(), monotonicMs: performance.now() };

  constructor(noncesMax: number, demandOpen: () => void) {
    this.#noncesMax = noncesMax;
    this.#demandOpen = demandOpen;
  }

  async use(owner: string, nonce: string, madeAt: number, keepMs: number): Promise<boolean> {
    this.#demandOpen();
    const now = performance.now();
    if (madeAt < this.#began.at && now < this.#began.monotonicMs + BEGAN_MS) {
      throw new CacheUnavailableError('this nonce may have been used before the start');
    }
    for (const [oldest, endsAtMs] of this.#endsAtMs) {
      if (endsAtMs > now) break;
      this.#endsAtMs.delete(oldest);
    }
    const key = `${owner}:${nonce}`;
    if ((this.#endsAtMs.get(key) ?? 0) > now) return false;
    if (this.#endsAtMs.size >= this.#noncesMax) throw new CacheUnavailableError('there are too many nonces');
    this.#endsAtMs.delete(key);
    this.#endsAtMs.set(key, now + keepMs);
    return true;
  }
}
