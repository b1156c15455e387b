import { type HouseAccount, houseAccounts } from '@repo/trading-core';
import type { LoadedAccount } from '../port.ts';
import { readAccounts, readMarkets, readOpenPositions, readPendingOrders, readShard } from './read-book.ts';
import type { RowSource } from './read-snapshot.ts';

// The house's balances are of the whole shard, and say nothing about one account.
const house = Object.fromEntries(houseAccounts.map((account) => [account, '0'])) as Record<HouseAccount, string>;

/** Reads an account with what is open, from rows of one moment; `undefined` when there is none. */
export async function loadAccount(source: RowSource, accountId: string): Promise<LoadedAccount | undefined> {
  const { rows } = await source.query<{ user_id: string; shard: number; opened_at_ms: string }>(
    `select user_id, shard, (extract(epoch from opened_at) * 1000)::bigint as opened_at_ms from accounts where id = $1`,
    [accountId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const { user_id, shard, opened_at_ms } = row;
  const part = { shard, accountId };
  const { state } = await readShard(source, shard);
  const orders = await readPendingOrders(source, part);
  return {
    accountId,
    userId: user_id,
    shard,
    openedAt: Number(opened_at_ms),
    snapshot: {
      ...state,
      house,
      markets: await readMarkets(source, shard),
      accounts: await readAccounts(source, part),
      orders: orders.map(({ order }) => order),
      positions: await readOpenPositions(source, part),
      recentOrders: [],
    },
    acceptedAt: orders.map(({ order, acceptedAt }) => [order.id, acceptedAt] as const),
  };
}
