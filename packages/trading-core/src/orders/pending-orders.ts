import type { Account } from '../accounts/account.ts';
import type { Market } from '../instruments/market.ts';
import type { Shard } from '../shard/shard.ts';
import type { LevelHeap } from '../triggers/level-heap.ts';
import { entryPrice, waitsForStop } from './entry-price.ts';
import type { Order } from './order.ts';
import type { OrderTerms } from './order-terms.ts';

export function addOrder(shard: Shard, account: Account, market: Market, id: number, terms: OrderTerms): Order {
  const order: Order = {
    id,
    account,
    market,
    terms,
    isTriggered: false,
    slot: -1,
    expirySlot: -1,
    previous: account.lastOrder,
    next: null,
  };
  if (account.lastOrder === null) account.firstOrder = order;
  else account.lastOrder.next = order;
  account.lastOrder = order;
  account.pendingOrders += 1;
  shard.orders.set(id, order);
  wait(shard, order);
  return order;
}

export function removeOrder(shard: Shard, order: Order): void {
  const { account } = order;
  stopWaiting(shard, order);
  if (order.previous === null) account.firstOrder = order.next;
  else order.previous.next = order.next;
  if (order.next === null) account.lastOrder = order.previous;
  else order.next.previous = order.previous;
  account.pendingOrders -= 1;
  shard.orders.delete(order.id);
}

export function replaceTerms(shard: Shard, order: Order, terms: OrderTerms): void {
  stopWaiting(shard, order);
  order.terms = terms;
  wait(shard, order);
}

/** A stop-limit order's stop was reached: it waits for its limit now. */
export function turnIntoLimit(order: Order): void {
  entriesOf(order).remove(order.slot);
  order.isTriggered = true;
  entriesOf(order).insert(order, entryPrice(order.terms, order.isTriggered));
}

function wait(shard: Shard, order: Order): void {
  entriesOf(order).insert(order, entryPrice(order.terms, order.isTriggered));
  if (order.terms.expiresAt !== null) shard.expiries.insert(order, order.terms.expiresAt);
}

function stopWaiting(shard: Shard, order: Order): void {
  entriesOf(order).remove(order.slot);
  if (order.expirySlot >= 0) shard.expiries.remove(order.expirySlot);
}

function entriesOf({ market, terms, isTriggered }: Order): LevelHeap<Order> {
  const isStop = waitsForStop(terms, isTriggered);
  if (terms.side === 'buy') return isStop ? market.buyStops : market.buyLimits;
  return isStop ? market.sellStops : market.sellLimits;
}
