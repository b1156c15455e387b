import type { Price } from '@repo/schemas';
import type { PriceCache } from '../port.ts';

/** The newest price of each asset, in memory. */
export class EmbeddedPriceCache implements PriceCache {
  readonly #prices = new Map<string, Price>();
  readonly #demandOpen: () => void;

  constructor(demandOpen: () => void) {
    this.#demandOpen = demandOpen;
  }

  async put(price: Price): Promise<void> {
    this.#demandOpen();
    const kept = this.#prices.get(price.asset);
    if (kept !== undefined && kept.sequence >= price.sequence) return;
    this.#prices.set(price.asset, Object.freeze({ ...price }));
  }

  async getMany(assets: readonly string[]): Promise<readonly Price[]> {
    this.#demandOpen();
    return assets.flatMap((asset) => this.#prices.get(asset) ?? []);
  }
}
