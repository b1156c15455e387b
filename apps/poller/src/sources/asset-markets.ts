import type { PriceSource } from '@repo/schemas';
import type { Instrument } from '@repo/trading-core';

/** One place where an asset is quoted. */
export interface Market {
  readonly source: PriceSource;
  readonly symbol: string;
}

/**
 * The markets of one asset, best first. The next is tried when those before do not speak; of those that do, the best
 * is the asset's price and the others are witnesses.
 */
export class AssetMarkets {
  readonly instrument: Instrument;
  readonly all: readonly Market[];
  readonly #speaking = new Set<Market>();
  #triedCount = 1;
  #primary: Market | undefined;

  constructor(instrument: Instrument, markets: readonly [Market, ...Market[]]) {
    this.instrument = instrument;
    this.all = markets;
  }

  get tried(): readonly Market[] {
    return this.all.slice(0, this.#triedCount);
  }

  /** The market tried last. */
  get last(): Market {
    return this.all[this.#triedCount - 1] as Market;
  }

  get primary(): Market | undefined {
    return this.#primary;
  }

  /** Moves on to the next market that `isListed`; `undefined` when there is none left. */
  tryNext(isListed: (market: Market) => boolean): Market | undefined {
    while (this.#triedCount < this.all.length) {
      this.#triedCount += 1;
      if (isListed(this.last)) return this.last;
    }
    return undefined;
  }

  /** Notes a quote of a market, and whether it makes that market the asset's price. */
  heard(market: Market): { readonly isPrimary: boolean; readonly changed: boolean } {
    this.#speaking.add(market);
    const best = this.all.find((candidate) => this.#speaking.has(candidate));
    const changed = best !== this.#primary;
    this.#primary = best;
    return { isPrimary: best === market, changed };
  }

  /** Those markets may have fallen silent: each counts again when it speaks. */
  silence(source?: PriceSource): void {
    for (const market of this.#speaking) {
      if (source === undefined || market.source === source) this.#speaking.delete(market);
    }
  }
}
