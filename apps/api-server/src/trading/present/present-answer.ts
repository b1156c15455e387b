import type { OrderPlaced } from '@repo/schemas';
import type { Event } from '@repo/trading-core';
import { itemId } from '../item-id.ts';
import { presentFill } from './present-fill.ts';
import { type OrderFacts, presentOrder } from './present-order.ts';
import { unitsOf } from './units.ts';

type Fills = Pick<OrderPlaced, 'fills' | 'positions'>;

/** What placing an order did, from the events of its command alone: a retry gets the same for ever. */
export function presentPlaced(events: readonly Event[], shard: number): OrderPlaced {
  const accepted = events.find((event) => event.type === 'order-accepted');
  if (accepted === undefined) throw new Error('no order was accepted by the events of its command');
  const { orderId: id, accountId, terms, at: acceptedAt } = accepted;
  let order: OrderFacts = { shard, id, accountId, terms, status: 'accepted', isTriggered: false, acceptedAt };
  for (const event of events) {
    if ('orderId' in event && event.orderId === id) order = { ...order, ...changed(event) };
  }
  return { order: presentOrder(order), ...presentFills(events, shard) };
}

/** All fills of a command, with what the last of each position left of it. */
export function presentFills(events: readonly Event[], shard: number): Fills {
  const fills: Fills['fills'] = [];
  const positions = new Map<number, Fills['positions'][number]>();
  for (const event of events) {
    if (!('fill' in event)) continue;
    const { fill, accountId, at, cost } = event;
    const { quantity, averagePrice } = unitsOf(fill.asset);
    fills.push(presentFill(fill, { shard, accountId, at }));
    const isBuy = fill.side === 'buy';
    const opens = event.type === 'position-opened' || event.type === 'position-increased';
    positions.set(fill.positionId, {
      id: itemId(shard, fill.positionId),
      asset: fill.asset,
      side: isBuy === opens ? 'long' : 'short',
      quantity: quantity(event.quantity),
      openPrice: averagePrice(cost, event.quantity),
    });
  }
  return { fills, positions: [...positions.values()] };
}

/** What an event of an order makes of it. */
function changed(event: Event): Partial<OrderFacts> {
  const { type, at: endedAt } = event;
  if (type === 'order-filled') return { status: 'filled', endedAt };
  if (type === 'order-cancelled') return { status: 'cancelled', endedAt, endReason: event.reason };
  if (type === 'order-expired') return { status: 'expired', endedAt };
  if (type === 'order-rejected') return { status: 'rejected', endedAt, endReason: event.refusal.code };
  return type === 'order-triggered' ? { isTriggered: true } : {};
}
