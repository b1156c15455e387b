import type { ClosedPositionRecord } from '@repo/db';
import type { ClosedPositionsSchema } from '@repo/schemas';
import { micros, steps } from '@repo/trading-core';
import type { z } from 'zod';
import { itemId } from '../item-id.ts';
import { moneyText, unitsOf } from './units.ts';

type ClosedPositionOfWire = z.infer<typeof ClosedPositionsSchema>['items'][number];

export function presentClosedPosition(position: ClosedPositionRecord): ClosedPositionOfWire {
  const { price: _, quantity, averagePrice } = unitsOf(position.asset);
  return {
    id: itemId(position.shard, position.id),
    accountId: position.accountId,
    asset: position.asset,
    side: position.side,
    quantity: quantity(steps(Number(position.quantity))),
    openPrice: averagePrice(position.openCost, position.quantity),
    closePrice: averagePrice(position.closeCost, position.quantity),
    closedBy: position.closedBy,
    realizedPnl: moneyText(micros(position.realizedPnl)),
    swap: moneyText(micros(position.swap)),
    commission: moneyText(micros(position.commission)),
    openedAt: position.openedAt,
    closedAt: position.closedAt,
  };
}
