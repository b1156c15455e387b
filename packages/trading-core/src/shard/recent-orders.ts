import type { OrderTerms } from '../orders/order-terms.ts';

export interface RecentOrder {
  readonly accountId: string;
  readonly orderId: number;
  readonly terms: OrderTerms;
}

/** Orders of several accounts with one clientOrderId hang together, the newest first. */
interface Remembered extends RecentOrder {
  newer: Remembered | undefined;
  older: Remembered | undefined;
}

/**
 * The last orders accepted, by clientOrderId, so that a retry finds the first one. Bounded: the book of record
 * remembers for ever, and this covers what it has not committed yet.
 */
export class RecentOrders {
  readonly #capacity: number;
  readonly #ring: Remembered[] = [];
  #oldest = 0;
  readonly #byClientOrderId = new Map<string, Remembered>();

  /** @throws RangeError for a capacity below 1. */
  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError(`the shard has to remember at least 1 order, not ${capacity}`);
    this.#capacity = capacity;
  }

  find(accountId: string, clientOrderId: string): RecentOrder | undefined {
    for (let order = this.#byClientOrderId.get(clientOrderId); order !== undefined; order = order.older) {
      if (order.accountId === accountId) return order;
    }
    return undefined;
  }

  add(accountId: string, orderId: number, terms: OrderTerms): void {
    const older = this.#byClientOrderId.get(terms.clientOrderId);
    const order: Remembered = { accountId, orderId, terms, newer: undefined, older };
    if (older !== undefined) older.newer = order;
    this.#byClientOrderId.set(terms.clientOrderId, order);
    if (this.#ring.length < this.#capacity) {
      this.#ring.push(order);
      return;
    }
    this.#forget(this.#ring[this.#oldest] as Remembered);
    this.#ring[this.#oldest] = order;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
  }

  /** Oldest first. */
  list(): RecentOrder[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)].map(
      ({ accountId, orderId, terms }) => ({ accountId, orderId, terms }),
    );
  }

  /** The oldest of all is the oldest of its clientOrderId, too. */
  #forget(order: Remembered): void {
    if (order.newer === undefined) this.#byClientOrderId.delete(order.terms.clientOrderId);
    else order.newer.older = undefined;
  }
}
