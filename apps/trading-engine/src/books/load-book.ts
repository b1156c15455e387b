import {
  type AccountSnapshot,
  type HouseAccount,
  houseAccounts,
  type InstrumentTerms,
  type MarketSnapshot,
  type OrderSnapshot,
  type OrderTerms,
  type PositionSide,
  type PositionSnapshot,
  type Quote,
  type RecentOrder,
  type ShardSnapshot,
  type TradingState,
} from '@repo/trading-core';
import type { Pool, PoolClient } from 'pg';
import { TrailingBests } from './trailing-bests.ts';

/** A shard as it was committed last. */
export interface LoadedBook {
  readonly epoch: number;
  readonly commandLog: string | null;
  readonly commandOffset: number;
  readonly publishedSequence: number;
  /** With the quotes of the last fills, as stale ones: nothing is decided on them. */
  readonly snapshot: ShardSnapshot;
}

interface ShardRow {
  epoch: string;
  sequence: string;
  published_sequence: string;
  command_log: string | null;
  command_offset: string;
  next_order_id: string;
  next_position_id: string;
  next_fill_id: string;
  swap_day: number;
  rounding_carry: string;
  trading_state: TradingState;
}

/**
 * Reads what is open in a shard, as of one moment.
 *
 * @param recentOrdersMax how many of the last orders the shard is to know by their clientOrderId.
 */
export async function loadBook(pool: Pool, shard: number, recentOrdersMax: number): Promise<LoadedBook> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    const book = await readBook(client, shard, recentOrdersMax);
    await client.query('commit');
    return book;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.release(failure);
  }
}

async function readBook(client: PoolClient, shard: number, recentOrdersMax: number): Promise<LoadedBook> {
  const row = await readShard(client, shard);
  const positions = await readPositions(client, shard);
  const snapshot: ShardSnapshot = {
    sequence: Number(row.sequence),
    nextOrderId: Number(row.next_order_id),
    nextPositionId: Number(row.next_position_id),
    nextFillId: Number(row.next_fill_id),
    swapDay: row.swap_day,
    roundingCarry: Number(row.rounding_carry),
    tradingState: row.trading_state,
    house: await readHouse(client, shard),
    markets: await readMarkets(client, shard),
    accounts: await readAccounts(client, shard),
    orders: await readOrders(client, shard),
    positions,
    recentOrders: await readRecentOrders(client, shard, recentOrdersMax),
  };
  return {
    epoch: Number(row.epoch),
    commandLog: row.command_log,
    commandOffset: Number(row.command_offset),
    publishedSequence: Number(row.published_sequence),
    snapshot,
  };
}

async function readShard(client: PoolClient, shard: number): Promise<ShardRow> {
  const { rows } = await client.query<ShardRow>('select * from shards where shard = $1', [shard]);
  if (rows[0] === undefined) throw new RangeError(`there is no shard ${shard}`);
  return rows[0];
}

async function readHouse(client: PoolClient, shard: number): Promise<Record<HouseAccount, string>> {
  const { rows } = await client.query<{ account: string; balance: string }>(
    'select account, balance from house_balances where shard = $1',
    [shard],
  );
  const kept = new Map(rows.map(({ account, balance }) => [account, balance]));
  return Object.fromEntries(houseAccounts.map((account) => [account, kept.get(account) ?? '0'])) as never;
}

async function readMarkets(client: PoolClient, shard: number): Promise<MarketSnapshot[]> {
  const { rows } = await client.query<{ terms: InstrumentTerms; trading_state: TradingState; quote: Quote | null }>(
    'select terms, trading_state, quote from markets where shard = $1 order by listed_sequence',
    [shard],
  );
  return rows.map(({ terms, trading_state, quote }) => ({
    terms,
    tradingState: trading_state,
    quote: quote && { ...quote, status: 'stale' },
  }));
}

async function readAccounts(client: PoolClient, shard: number): Promise<AccountSnapshot[]> {
  const { rows } = await client.query(
    'select id, mode, profile, balance, is_margin_called from accounts where shard = $1 order by opened_sequence',
    [shard],
  );
  return rows.map(({ id, mode, profile, balance, is_margin_called }) => ({
    id,
    mode,
    profile,
    balance: Number(balance) as AccountSnapshot['balance'],
    isMarginCalled: is_margin_called,
  }));
}

async function readOrders(client: PoolClient, shard: number): Promise<OrderSnapshot[]> {
  const { rows } = await client.query<{ id: string; account_id: string; terms: OrderTerms; is_triggered: boolean }>(
    `select id, account_id, coalesce(modified_terms, terms) as terms, is_triggered from orders
     where shard = $1 and status = 'accepted' order by id`,
    [shard],
  );
  return rows.map(({ id, account_id, terms, is_triggered }) => ({
    id: Number(id),
    accountId: account_id,
    terms,
    isTriggered: is_triggered,
  }));
}

async function readRecentOrders(client: PoolClient, shard: number, max: number): Promise<RecentOrder[]> {
  const { rows } = await client.query<{ id: string; account_id: string; terms: OrderTerms }>(
    'select id, account_id, terms from orders where shard = $1 order by id desc limit $2',
    [shard, max],
  );
  return rows.reverse().map(({ id, account_id, terms }) => ({ orderId: Number(id), accountId: account_id, terms }));
}

interface PositionRow {
  id: string;
  account_id: string;
  asset: string;
  side: PositionSide;
  quantity: string;
  cost: string;
  opened_at_ms: string;
  swap_day: number;
  commission: string;
  swap: string;
  stop_loss: string | null;
  take_profit: string | null;
  trailing_distance: string | null;
  trailing_best: string | null;
  trailing_sequence: string;
}

async function readPositions(client: PoolClient, shard: number): Promise<PositionSnapshot[]> {
  const { rows } = await client.query<PositionRow>(
    `select id, account_id, asset, side, quantity, cost, swap_day, commission, swap, stop_loss, take_profit,
       trailing_distance, trailing_best, trailing_sequence,
       (extract(epoch from opened_at) * 1000)::bigint as opened_at_ms
     from positions where shard = $1 and closed_at is null order by id`,
    [shard],
  );
  const bests = await TrailingBests.read(client, shard);
  return rows.map((row) => ({
    id: Number(row.id),
    accountId: row.account_id,
    asset: row.asset,
    side: row.side,
    quantity: Number(row.quantity) as PositionSnapshot['quantity'],
    cost: Number(row.cost) as PositionSnapshot['cost'],
    openedAt: Number(row.opened_at_ms),
    swapDay: row.swap_day,
    commission: Number(row.commission) as PositionSnapshot['commission'],
    swap: Number(row.swap) as PositionSnapshot['swap'],
    stopLoss: level(row.stop_loss),
    takeProfit: level(row.take_profit),
    trailingDistance: level(row.trailing_distance),
    trailingBest: row.trailing_distance === null ? null : level(bests.since(row)),
  }));
}

function level(text: string | number | null): PositionSnapshot['stopLoss'] {
  return text === null ? null : (Number(text) as PositionSnapshot['stopLoss']);
}
