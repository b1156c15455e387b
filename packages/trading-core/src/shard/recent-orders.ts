import type { OrderTerms } from '../orders/order-terms.ts';

export interface RecentOrder {
  readonly accountId: string;
  readonly orderId: number;
  readonly terms: OrderTerms;
}

const NONE = -1;

/**
 * The last orders accepted, by clientOrderId, so that a retry finds the first one. Bounded: the book of record
 * remembers for ever, and this covers what it has not committed yet.
 *
 * A ring, with the orders of one hash chained from the newest to the oldest. Nothing is ever taken out: a chain ends
 * where it comes to an order that the ring has overwritten. (Every order comes this way, nearly always with a name that
 * was not seen before; a Map, with its deletions, was a third of the cost of an order.)
 */
export class RecentOrders {
  readonly #capacity: number;
  readonly #ring: RecentOrder[] = [];
  readonly #hashes: Int32Array;
  /** Ordinals: of the newest order in each chain, and of the one before each order in its chain. */
  readonly #newest: Float64Array;
  readonly #before: Float64Array;
  /** Orders ever added: the ordinal of the next. */
  #count = 0;

  /** @throws RangeError for a capacity below 1. */
  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError(`the shard has to remember at least 1 order, not ${capacity}`);
    this.#capacity = capacity;
    this.#hashes = new Int32Array(capacity);
    this.#before = new Float64Array(capacity);
    this.#newest = new Float64Array(2 ** Math.ceil(Math.log2(capacity))).fill(NONE);
  }

  find(accountId: string, clientOrderId: string): RecentOrder | undefined {
    const hash = hashOf(clientOrderId);
    const forgotten = this.#count - this.#capacity;
    for (let ordinal = this.#newest[this.#chainOf(hash)] as number; ordinal >= Math.max(0, forgotten); ) {
      const slot = ordinal % this.#capacity;
      const order = this.#ring[slot] as RecentOrder;
      const isIt = this.#hashes[slot] === hash && order.terms.clientOrderId === clientOrderId;
      if (isIt && order.accountId === accountId) return order;
      ordinal = this.#before[slot] as number;
    }
    return undefined;
  }

  add(accountId: string, orderId: number, terms: OrderTerms): void {
    const hash = hashOf(terms.clientOrderId);
    const chain = this.#chainOf(hash);
    const slot = this.#count % this.#capacity;
    this.#ring[slot] = { accountId, orderId, terms };
    this.#hashes[slot] = hash;
    this.#before[slot] = this.#newest[chain] as number;
    this.#newest[chain] = this.#count;
    this.#count += 1;
  }

  /** Oldest first. */
  list(): RecentOrder[] {
    const oldest = this.#count % this.#capacity;
    return this.#count < this.#capacity
      ? [...this.#ring]
      : [...this.#ring.slice(oldest), ...this.#ring.slice(0, oldest)];
  }

  #chainOf(hash: number): number {
    return hash & (this.#newest.length - 1);
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
