import { accountFigures, houseAccounts, type Shard, snapshotShard } from '@repo/trading-core';
import type { ShardView } from './shard-view.ts';

/** Shows a shard to the auditor, through what the core tells of itself. */
export function viewShard(shard: Shard): ShardView {
  return {
    get sequence() {
      return shard.sequence;
    },
    get roundingCarry() {
      return shard.roundingCarry;
    },
    get grossNotional() {
      return shard.grossNotional;
    },
    get accounts() {
      return shard.accounts.size;
    },
    get pendingOrders() {
      return shard.orders.size;
    },
    get house() {
      return houseAccounts.map((account) => [account, shard.house[account].value] as const);
    },
    account: (id) => {
      const account = shard.accounts.get(id);
      if (account === undefined) return undefined;
      const { openPositions, pendingOrders, isMarginCalled } = account;
      const { balance, equity, usedMargin } = accountFigures(account);
      return { balance, equity, usedMargin, openPositions, pendingOrders, isMarginCalled };
    },
    positions: () => snapshotShard(shard).positions,
  };
}
