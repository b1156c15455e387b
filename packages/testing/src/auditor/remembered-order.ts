import type { OrderTerms } from '@repo/trading-core';
import type { Books, RememberedOrder } from './books.ts';

/** The account's order of this name, if it is among the last that the shard remembers. */
export function rememberedOrder(books: Books, accountId: string, clientOrderId: string): RememberedOrder | undefined {
  const found = books.remembered.get(keyOf(accountId, clientOrderId));
  return found !== undefined && books.acceptedOrders - found.ordinal <= books.recentOrdersMax ? found : undefined;
}

export function rememberOrder(books: Books, accountId: string, orderId: number, terms: OrderTerms): void {
  const key = keyOf(accountId, terms.clientOrderId);
  books.remembered.delete(key);
  books.remembered.set(key, { orderId, terms, ordinal: books.acceptedOrders });
  books.acceptedOrders += 1;
  for (const [name, { ordinal }] of books.remembered) {
    if (books.acceptedOrders - ordinal <= books.recentOrdersMax) break;
    books.remembered.delete(name);
  }
}

function keyOf(accountId: string, clientOrderId: string): string {
  return `${accountId} ${clientOrderId}`;
}
