import { RollingMedian } from './rolling-median.ts';

// A spread is too wide beyond this many times its median …
const SPREAD_TO_MEDIAN_MAX = 20;
// … but never while it is within this part of the price (5 basis points). A liquid book is one tick wide most of the
// time, and 20 ticks are nothing: without this floor 4.7 % of an ordinary recording of BTC and ETH would be refused,
// all of it while the price moves.
const SPREAD_TO_PRICE_ALLOWED = 0.0005;

const SPREADS_KEPT = 101;
// Before this many, the median says little.
const SPREADS_NEEDED = 20;

/** Refuses quotes whose spread has blown out against the recent ones of the same market. */
export class SpreadGuard {
  readonly #spreads = new RollingMedian(SPREADS_KEPT);
  #market: string | undefined;

  accepts(market: string, spread: number, mid: number): boolean {
    if (market !== this.#market) {
      this.#market = market;
      this.#spreads.clear();
    }
    const median = this.#spreads.size >= SPREADS_NEEDED ? this.#spreads.median : undefined;
    // Refused spreads count too: a market that stays wide becomes the norm after half a window, instead of never.
    this.#spreads.push(spread, 0);
    return median === undefined || spread <= Math.max(median * SPREAD_TO_MEDIAN_MAX, mid * SPREAD_TO_PRICE_ALLOWED);
  }
}
