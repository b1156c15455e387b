import type {
  AccountSnapshot,
  InstrumentTerms,
  MarketSnapshot,
  OrderSnapshot,
  OrderTerms,
  PositionSide,
  PositionSnapshot,
  Quote,
  TradingState,
} from '@repo/trading-core';
import { type BookPart, partCondition } from './book-part.ts';
import type { RowSource } from './read-snapshot.ts';
import { TrailingBests } from './trailing-bests.ts';

// What is open in a shard, or in one account of it, as the core loads it. Call them on a `readSnapshot`.

/** Where a shard's numbers stand, as the core knows them. */
export interface ShardState {
  readonly sequence: number;
  readonly nextOrderId: number;
  readonly nextPositionId: number;
  readonly nextFillId: number;
  readonly swapDay: number;
  readonly roundingCarry: number;
  readonly tradingState: TradingState;
}

/** What the books keep of a shard for its engine. */
export interface ShardPosition {
  readonly epoch: number;
  readonly commandLog: string | null;
  readonly commandOffset: number;
  readonly publishedSequence: number;
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

/** @throws RangeError when there is no such shard. */
export async function readShard(source: RowSource, shard: number): Promise<ShardPosition & { state: ShardState }> {
  const { rows } = await source.query<ShardRow>('select * from shards where shard = $1', [shard]);
  const [row] = rows;
  if (row === undefined) throw new RangeError(`there is no shard ${shard}`);
  return {
    epoch: Number(row.epoch),
    commandLog: row.command_log,
    commandOffset: Number(row.command_offset),
    publishedSequence: Number(row.published_sequence),
    state: {
      sequence: Number(row.sequence),
      nextOrderId: Number(row.next_order_id),
      nextPositionId: Number(row.next_position_id),
      nextFillId: Number(row.next_fill_id),
      swapDay: row.swap_day,
      roundingCarry: Number(row.rounding_carry),
      tradingState: row.trading_state,
    },
  };
}

/** In the order of listing, with the quotes of the last fills as stale ones: nothing is decided on them. */
export async function readMarkets(source: RowSource, shard: number): Promise<MarketSnapshot[]> {
  const { rows } = await source.query<{ terms: InstrumentTerms; trading_state: TradingState; quote: Quote | null }>(
    'select terms, trading_state, quote from markets where shard = $1 order by listed_sequence',
    [shard],
  );
  return rows.map(({ terms, trading_state, quote }) => ({
    terms,
    tradingState: trading_state,
    quote: quote && { ...quote, status: 'stale' },
  }));
}

/** In the order of opening. */
export async function readAccounts(source: RowSource, part: BookPart): Promise<AccountSnapshot[]> {
  const { where, values } = partCondition(part, 'id');
  const { rows } = await source.query(
    `select id, mode, profile, balance, is_margin_called from accounts where ${where} order by opened_sequence`,
    [...values],
  );
  return rows.map(({ id, mode, profile, balance, is_margin_called }) => ({
    id,
    mode,
    profile,
    balance: Number(balance) as AccountSnapshot['balance'],
    isMarginCalled: is_margin_called,
  }));
}

interface OrderRow {
  id: string;
  account_id: string;
  terms: OrderTerms;
  is_triggered: boolean;
  accepted_at_ms: string;
}

/** Pending orders by id, with when they were accepted, ms since the epoch. */
export async function readPendingOrders(
  source: RowSource,
  part: BookPart,
): Promise<{ readonly order: OrderSnapshot; readonly acceptedAt: number }[]> {
  const { where, values } = partCondition(part);
  const { rows } = await source.query<OrderRow>(
    `select id, account_id, coalesce(modified_terms, terms) as terms, is_triggered,
       (extract(epoch from accepted_at) * 1000)::bigint as accepted_at_ms
     from orders where ${where} and status = 'accepted' order by id`,
    [...values],
  );
  return rows.map(({ id, account_id, terms, is_triggered, accepted_at_ms }) => ({
    order: { id: Number(id), accountId: account_id, terms, isTriggered: is_triggered },
    acceptedAt: Number(accepted_at_ms),
  }));
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

/** By id. */
export async function readOpenPositions(source: RowSource, part: BookPart): Promise<PositionSnapshot[]> {
  const { where, values } = partCondition(part);
  const { rows } = await source.query<PositionRow>(
    `select id, account_id, asset, side, quantity, cost, swap_day, commission, swap, stop_loss, take_profit,
       trailing_distance, trailing_best, trailing_sequence,
       (extract(epoch from opened_at) * 1000)::bigint as opened_at_ms
     from positions where ${where} and closed_at is null order by id`,
    [...values],
  );
  const bests = await TrailingBests.read(source, part);
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
