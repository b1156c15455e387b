import type { FeedStatus } from '@repo/schemas';
import { monotonicMs } from '@repo/service';
import type { Instrument } from '@repo/trading-core';
import { assetStatus, untilNextStatus } from './policy/asset-status.ts';

interface AssetAge {
  readonly instrument: Instrument;
  /** ms of the monotonic clock; may lie before the process began. */
  quotedAtMs: number;
  status: FeedStatus;
}

const severity: Readonly<Record<FeedStatus, number>> = { live: 0, stale: 1, down: 2 };

/** Follows the age of each asset's last good quote and tells when its status changes for want of a newer one. */
export class AssetAges {
  readonly #ages = new Map<string, AssetAge>();
  readonly #onAged: (asset: string, status: FeedStatus) => void;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(onAged: (asset: string, status: FeedStatus) => void) {
    this.#onAged = onAged;
  }

  /** Notes a good quote, received at `atMs` of the monotonic clock, and the status its asset has from here. */
  quoted(instrument: Instrument, atMs: number, status: FeedStatus = 'live'): void {
    const age = this.#ages.get(instrument.asset);
    if (age === undefined) this.#ages.set(instrument.asset, { instrument, quotedAtMs: atMs, status });
    else {
      age.quotedAtMs = atMs;
      age.status = status;
    }
    this.#check(atMs + instrument.staleAfterMs);
  }

  /** `undefined` when the asset never had a quote. */
  status(asset: string): FeedStatus | undefined {
    return this.#ages.get(asset)?.status;
  }

  /** Age, ms, of the last good quote of each asset that ever had one. */
  *ages(): Generator<readonly [asset: string, ageMs: number]> {
    const nowMs = monotonicMs();
    for (const [asset, { quotedAtMs }] of this.#ages) yield [asset, nowMs - quotedAtMs];
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** One timer for all, moved only to an earlier time: a quote usually costs no timer at all. */
  #check(atMs: number): void {
    if (this.#stopped || atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => this.#age(), Math.max(0, atMs - monotonicMs()));
  }

  #age(): void {
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    for (const [asset, age] of this.#ages) {
      const ageMs = monotonicMs() - age.quotedAtMs;
      const status = assetStatus(ageMs, age.instrument);
      // Age only ever makes a status worse; a quote makes it good again.
      if (severity[status] > severity[age.status]) {
        age.status = status;
        this.#onAged(asset, status);
      }
      const leftMs = untilNextStatus(ageMs, age.instrument);
      if (leftMs !== undefined) this.#check(monotonicMs() + leftMs);
    }
  }
}
