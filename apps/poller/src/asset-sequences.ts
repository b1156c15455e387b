import type { Price } from '@repo/schemas';

/** Numbers the updates of each asset. */
export class AssetSequences {
  readonly #next = new Map<string, number>();

  /**
   * Starts above everything an earlier run can have used: above the cached sequence, and above the time in
   * microseconds, which no run reaches by counting. The cache covers a clock that was set back, the clock a cache
   * that was lost.
   *
   * @param nowMs ms since the epoch
   */
  constructor(assets: readonly string[], cached: readonly Price[], nowMs: number) {
    for (const asset of assets) this.#next.set(asset, nowMs * 1_000 + 1);
    for (const { asset, sequence } of cached) {
      this.#next.set(asset, Math.max(this.#next.get(asset) ?? 0, sequence + 1));
    }
  }

  /** Strictly rising per asset, also across restarts. */
  take(asset: string): number {
    const sequence = this.#next.get(asset);
    if (sequence === undefined) throw new Error(`${asset} has no sequence`);
    this.#next.set(asset, sequence + 1);
    return sequence;
  }
}
