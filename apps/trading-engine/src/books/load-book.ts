import {
  type BookPart,
  type RowSource,
  readAccounts,
  readMarkets,
  readOpenPositions,
  readPendingOrders,
  readShard,
  readSnapshot,
  type ShardPosition,
} from '@repo/db';
import {
  type HouseAccount,
  houseAccounts,
  type OrderTerms,
  type RecentOrder,
  type ShardSnapshot,
} from '@repo/trading-core';
import type { Pool } from 'pg';

/** A shard as it was committed last. */
export interface LoadedBook extends ShardPosition {
  /** With the quotes of the last fills, as stale ones: nothing is decided on them. */
  readonly snapshot: ShardSnapshot;
}

/**
 * Reads what is open in a shard, as of one moment.
 *
 * @param recentOrdersMax how many of the last orders the shard is to know by their clientOrderId.
 */
export function loadBook(pool: Pool, shard: number, recentOrdersMax: number): Promise<LoadedBook> {
  return readSnapshot(pool, async (source) => {
    const part: BookPart = { shard };
    const { state, ...position } = await readShard(source, shard);
    const orders = await readPendingOrders(source, part);
    const snapshot = {
      ...state,
      house: await readHouse(source, shard),
      markets: await readMarkets(source, shard),
      accounts: await readAccounts(source, part),
      orders: orders.map(({ order }) => order),
      positions: await readOpenPositions(source, part),
      recentOrders: await readRecentOrders(source, shard, recentOrdersMax),
    };
    return { ...position, snapshot };
  });
}

async function readHouse(source: RowSource, shard: number): Promise<Record<HouseAccount, string>> {
  const { rows } = await source.query<{ account: string; balance: string }>(
    'select account, balance from house_balances where shard = $1',
    [shard],
  );
  const kept = new Map(rows.map(({ account, balance }) => [account, balance]));
  return Object.fromEntries(houseAccounts.map((account) => [account, kept.get(account) ?? '0'])) as never;
}

async function readRecentOrders(source: RowSource, shard: number, max: number): Promise<RecentOrder[]> {
  const { rows } = await source.query<{ id: string; account_id: string; terms: OrderTerms }>(
    'select id, account_id, terms from orders where shard = $1 order by id desc limit $2',
    [shard, max],
  );
  return rows.reverse().map(({ id, account_id, terms }) => ({ orderId: Number(id), accountId: account_id, terms }));
}
