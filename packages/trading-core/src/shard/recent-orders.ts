import type { OrderTerms } from '../orders/order-terms.ts';

export interface RecentOrder {
  readonly accountId: string;
  readonly orderId: number;
  readonly terms: OrderTerms;
}

interface Remembered extends RecentOrder {
  /** Another account's order with the same clientOrderId. */
  next: Remembered | undefined;
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

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(accountId: string, clientOrderId: string): RecentOrder | undefined {
    for (let order = this.#byClientOrderId.get(clientOrderId); order !== undefined; order = order.next) {
      if (order.accountId === accountId) return order;
    }
    return undefined;
  }

  add(accountId: string, orderId: number, terms: OrderTerms): void {
    const next = this.#byClientOrderId.get(terms.clientOrderId);
    const order: Remembered = { accountId, orderId, terms, next };
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

  #forget(order: Remembered): void {
    const { clientOrderId } = order.terms;
    const first = this.#byClientOrderId.get(clientOrderId);
    if (first === order) {
      if (order.next === undefined) this.#byClientOrderId.delete(clientOrderId);
      else this.#byClientOrderId.set(clientOrderId, order.next);
      return;
    }
    for (let before = first; before !== undefined; before = before.next) {
      if (before.next === order) before.next = order.next;
    }
  }
}
