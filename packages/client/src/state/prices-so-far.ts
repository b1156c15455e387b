import type { Price, PriceWithStart } from '@repo/schemas';
import type { PricesFrame } from '../channel-feed.ts';

/** Every asset's latest price. */
export class PricesSoFar {
  readonly #prices = new Map<string, PriceWithStart>();

  take(frame: PricesFrame): void {
    if (frame.type === 'snapshot') this.#start(frame.data);
    else this.#update(frame.data);
  }

  snapshot(sequence: number): PricesFrame {
    return { channel: 'prices', type: 'snapshot', sequence, data: [...this.#prices.values()] };
  }

  #start(prices: readonly PriceWithStart[]): void {
    this.#prices.clear();
    for (const price of prices) this.#prices.set(price.asset, price);
  }

  #update(prices: readonly Price[]): void {
    for (const price of prices) {
      // An asset that first appears in an update starts with it.
      const startPrice = this.#prices.get(price.asset)?.startPrice ?? price.price;
      this.#prices.set(price.asset, { ...price, startPrice });
    }
  }
}
