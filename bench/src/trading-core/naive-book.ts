import type { Shard } from '@repo/trading-core';
import type { NaivePosition } from './naive-broker.ts';

/** The open positions of a shard as a naive broker would hold them. */
export function naiveBook(shard: Shard): NaivePosition[] {
  const accounts = new Map<string, NaivePosition['account']>();
  for (const { id, balance } of shard.accounts.values()) accounts.set(id, { balance, equity: balance });
  return [...shard.positions.values()].map((position): NaivePosition => {
    const { terms } = position.leg.market;
    const account = accounts.get(position.leg.account.id);
    if (account === undefined) throw new Error('a position without an account');
    return {
      asset: terms.asset,
      isLong: position.side === 'long',
      openPrice: position.cost / position.quantity,
      quantity: position.quantity * terms.tickValue,
      stopLoss: position.stopLoss,
      takeProfit: position.takeProfit,
      account,
      pnl: 0,
    };
  });
}
