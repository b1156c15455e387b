import type { Order } from '@repo/schemas';
import type { OrderTerms } from '@repo/trading-core';
import { itemId } from '../item-id.ts';
import { unitsOf } from './units.ts';

/** An order as the books keep it. */
export interface OrderFacts {
  readonly shard: number;
  readonly id: number;
  readonly accountId: string;
  /** As they are now. */
  readonly terms: OrderTerms;
  readonly status: Order['status'];
  readonly isTriggered: boolean;
  /** ms since the epoch. */
  readonly acceptedAt: number;
  readonly endedAt?: number | null;
  readonly endReason?: string | null;
}

export function presentOrder(order: OrderFacts): Order {
  const { terms } = order;
  const { price, quantity } = unitsOf(terms.asset);
  const prices = {
    limitPrice: terms.limitPrice,
    stopPrice: terms.stopPrice,
    stopLoss: terms.stopLoss,
    takeProfit: terms.takeProfit,
    trailingDistance: terms.trailingDistance,
  };
  const given = Object.entries(prices).flatMap(([name, value]) => (value === null ? [] : [[name, price(value)]]));
  return {
    id: itemId(order.shard, order.id),
    accountId: order.accountId,
    clientOrderId: terms.clientOrderId,
    asset: terms.asset,
    side: terms.side,
    type: terms.type,
    status: order.status,
    quantity: quantity(terms.quantity),
    ...(Object.fromEntries(given) as Partial<Record<keyof typeof prices, string>>),
    timeInForce: terms.timeInForce,
    ...(terms.expiresAt !== null && { expiresAt: terms.expiresAt }),
    isTriggered: order.isTriggered,
    acceptedAt: order.acceptedAt,
    ...(order.endedAt != null && { endedAt: order.endedAt }),
    ...(order.endReason != null && { endReason: order.endReason }),
  };
}
