import type { Fill as FillOfWire, PriceSource } from '@repo/schemas';
import type { Fill, Quote } from '@repo/trading-core';
import { itemId } from '../item-id.ts';
import { moneyText, unitsOf } from './units.ts';

/** What a fill's event, or its row, says beside the fill. */
export interface FillContext {
  readonly shard: number;
  readonly accountId: string;
  /** ms since the epoch. */
  readonly at: number;
}

export function presentFill(
  fill: Omit<Fill, 'rounding' | 'roundingCarry'>,
  { shard, accountId, at }: FillContext,
): FillOfWire {
  const { price, quantity } = unitsOf(fill.asset);
  return {
    id: itemId(shard, fill.id),
    accountId,
    ...(fill.orderId !== null && { orderId: itemId(shard, fill.orderId) }),
    positionId: itemId(shard, fill.positionId),
    asset: fill.asset,
    side: fill.side,
    quantity: quantity(fill.quantity),
    price: price(fill.price),
    rule: fill.rule,
    ...(fill.level !== null && { level: price(fill.level) }),
    quote: presentQuote(fill.quote),
    realizedPnl: moneyText(fill.realizedPnl),
    commission: moneyText(fill.commission),
    at,
  };
}

/** The quote that something was done at. */
export function presentQuote({ asset, bid, ask, sequence, at, source }: Quote): FillOfWire['quote'] {
  const { price } = unitsOf(asset);
  return { bid: price(bid), ask: price(ask), sequence, at, source: source as PriceSource };
}
