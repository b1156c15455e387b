import { RollingMedian } from './rolling-median.ts';

// A mid further than this part from the median of the last seconds is a jump.
const JUMP_MAX = 0.03;
// A jump is believed when this many quotes after it agree with it.
const JUMP_CONFIRMATIONS = 2;

const WINDOW_MS = 5_000;
const SAMPLES_MAX = 100;
// One sample per interval, so that the window spans its seconds however fast the market quotes.
const SAMPLE_INTERVAL_MS = WINDOW_MS / SAMPLES_MAX;
// How near, as a part of the price, two quotes must be to tell the same story.
const AGREEMENT = 0.01;

/** Holds back a jump until the next quotes, or another market, say the same. */
export class JumpGuard {
  readonly #mids = new RollingMedian(SAMPLES_MAX);
  #sampledAtMs = Number.NEGATIVE_INFINITY;
  #lastAccepted: number | undefined;
  #candidate: { mid: number; confirmations: number } | undefined;
  #witness: { mid: number; atMs: number } | undefined;

  /** Tells what another market for the asset quotes. */
  witness(mid: number, atMs: number): void {
    this.#witness = { mid, atMs };
  }

  accepts(mid: number, atMs: number): boolean {
    this.#mids.expire(atMs - WINDOW_MS);
    // After a silence the last accepted mid is what is left to compare with, however old.
    const reference = this.#mids.median ?? this.#lastAccepted;
    if (reference !== undefined && Math.abs(mid - reference) > reference * JUMP_MAX) {
      if (!this.#confirms(mid, atMs)) return false;
      // The old level is history; it must not make a jump of every quote at the new one.
      this.#mids.clear();
      this.#sampledAtMs = Number.NEGATIVE_INFINITY;
    }
    this.#candidate = undefined;
    this.#lastAccepted = mid;
    if (atMs - this.#sampledAtMs >= SAMPLE_INTERVAL_MS) {
      this.#mids.push(mid, atMs);
      this.#sampledAtMs = atMs;
    }
    return true;
  }

  #confirms(mid: number, atMs: number): boolean {
    if (this.#witness !== undefined && atMs - this.#witness.atMs <= WINDOW_MS && agree(mid, this.#witness.mid)) {
      return true;
    }
    const confirmations =
      this.#candidate !== undefined && agree(mid, this.#candidate.mid) ? this.#candidate.confirmations + 1 : 0;
    this.#candidate = { mid, confirmations };
    return confirmations >= JUMP_CONFIRMATIONS;
  }
}

function agree(one: number, other: number): boolean {
  return Math.abs(one - other) <= other * AGREEMENT;
}
