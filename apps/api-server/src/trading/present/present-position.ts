import type { Position as PositionOfWire } from '@repo/schemas';
import {
  closingPrice,
  type Micros,
  micros,
  openNotional,
  type Position,
  pnl,
  ticks,
  trailingBest,
} from '@repo/trading-core';
import { itemId } from '../item-id.ts';
import { moneyText, unitsOf } from './units.ts';

/** An open position, valued at its market's newest quote; without one it has gained nothing yet. */
export function presentPosition(position: Position, shard: number): PositionOfWire {
  const { leg, side } = position;
  const { account, market } = leg;
  const { asset, tickValue } = market.terms;
  const { price, quantity, averagePrice } = unitsOf(asset);
  const best = trailingBest(position);
  const distance = position.trailing?.distance ?? null;
  const gained =
    market.quote === null
      ? micros(0)
      : pnl(side, position.quantity, position.cost, closingPrice(side, market.quote), tickValue);
  return {
    id: itemId(shard, position.id),
    accountId: account.id,
    asset,
    side,
    quantity: quantity(position.quantity),
    openPrice: averagePrice(position.cost, position.quantity),
    ...(position.stopLoss !== null && { stopLoss: price(position.stopLoss) }),
    ...(position.takeProfit !== null && { takeProfit: price(position.takeProfit) }),
    ...(distance !== null && { trailingDistance: price(distance) }),
    ...(distance !== null &&
      best !== null && { trailingStop: price(ticks(side === 'long' ? best - distance : best + distance)) }),
    margin: moneyText(marginShare(position)),
    swap: moneyText(position.swap),
    commission: moneyText(position.commission),
    unrealizedPnl: moneyText(gained),
    openedAt: position.openedAt,
  };
}

/** By notional at open prices, rounded up: the leg's margin is that of its larger side, the other hedges it. */
function marginShare({ leg, side, cost }: Position): Micros {
  const [long, short] = [openNotional(leg, 'long'), openNotional(leg, 'short')];
  if (side !== (long >= short ? 'long' : 'short')) return micros(0);
  const [own, all] = [BigInt(Math.abs(cost) * leg.market.terms.tickValue), BigInt(Math.max(long, short))];
  return all === 0n ? micros(0) : micros(Number((BigInt(leg.margin) * own + all - 1n) / all));
}
