import { accountFigures, houseExposure, type Shard, snapshotShard } from '@repo/trading-core';
import type { ShardView } from './shard-view.ts';

/** Shows a shard to the auditor, through what the core tells of itself. */
export function viewShard(shard: Shard): ShardView {
  return {
    snapshot: () => snapshotShard(shard),
    get grossNotional() {
      return shard.grossNotional;
    },
    account: (id) => {
      const account = shard.accounts.get(id);
      if (account === undefined) return undefined;
      const { openPositions, pendingOrders, isMarginCalled } = account;
      const { balance, equity, usedMargin } = accountFigures(account);
      return { balance, equity, usedMargin, openPositions, pendingOrders, isMarginCalled };
    },
    exposures: () =>
      houseExposure(shard).instruments.map(({ asset, clientLong, clientShort, houseNet }) => ({
        asset,
        clientLong,
        clientShort,
        houseNet,
      })),
  };
}
