import type { OrderTerms } from '../orders/order-terms.ts';

export interface RecentOrder {
  readonly accountId: string;
  readonly orderId: number;
  readonly terms: OrderTerms;
}

interface Remembered extends RecentOrder {
  /** Which order it was, counted from 0. */
  readonly ordinal: number;
  /** Another account's earlier order with the same clientOrderId. */
  readonly earlier: Remembered | undefined;
}

type Generation = Map<string, Remembered>;

/**
 * The last orders accepted, by clientOrderId, so that a retry finds the first one. Bounded: the book of record
 * remembers for ever, and this covers what it has not committed yet.
 *
 * Kept as two generations, of which the older is dropped whole: taking orders out one by one costs more than all else
 * that is done for them.
 */
export class RecentOrders {
  readonly #capacity: number;
  #count = 0;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #youngCount = 0;

  /** @throws RangeError for a capacity below 1. */
  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError(`the shard has to remember at least 1 order, not ${capacity}`);
    this.#capacity = capacity;
  }

  find(accountId: string, clientOrderId: string): RecentOrder | undefined {
    return this.#findIn(this.#young, accountId, clientOrderId) ?? this.#findIn(this.#old, accountId, clientOrderId);
  }

  add(accountId: string, orderId: number, terms: OrderTerms): void {
    if (this.#youngCount === this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCount = 0;
    }
    const earlier = this.#young.get(terms.clientOrderId);
    this.#young.set(terms.clientOrderId, { accountId, orderId, terms, ordinal: this.#count, earlier });
    this.#youngCount += 1;
    this.#count += 1;
  }

  /** Oldest first. */
  list(): RecentOrder[] {
    const orders: Remembered[] = [];
    for (const generation of [this.#old, this.#young]) {
      for (const newest of generation.values()) {
        for (let order: Remembered | undefined = newest; order !== undefined; order = order.earlier) {
          if (this.#isRemembered(order)) orders.push(order);
        }
      }
    }
    orders.sort((a, b) => a.ordinal - b.ordinal);
    return orders.map(({ accountId, orderId, terms }) => ({ accountId, orderId, terms }));
  }

  #findIn(generation: Generation, accountId: string, clientOrderId: string): RecentOrder | undefined {
    for (let order = generation.get(clientOrderId); order !== undefined; order = order.earlier) {
      if (order.accountId === accountId && this.#isRemembered(order)) return order;
    }
    return undefined;
  }

  #isRemembered(order: Remembered): boolean {
    return this.#count - order.ordinal <= this.#capacity;
  }
}
