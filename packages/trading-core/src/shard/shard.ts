import type { Account } from '../accounts/account.ts';
import type { Profile } from '../accounts/profile.ts';
import type { Market } from '../instruments/market.ts';
import { type HouseAccount, houseAccounts } from '../ledger/ledger-account.ts';
import type { TradingState } from '../limits/trading-state.ts';
import type { Micros } from '../numbers/units.ts';
import { WideSum } from '../numbers/wide-sum.ts';
import type { Order } from '../orders/order.ts';
import type { Position } from '../positions/position.ts';
import { LevelHeap } from '../triggers/level-heap.ts';
import { RecentOrders } from './recent-orders.ts';

/** What a shard is made with; the same ever after. */
export interface ShardOptions {
  readonly profiles: readonly Profile[];
  /** Largest Σ notional of clients' positions, at open prices. */
  readonly grossNotionalMax: Micros;
  /** Among how many of the last orders a retry is recognised: at least as many as may be decided and not committed. */
  readonly recentOrdersMax: number;
}

/**
 * The trading state of a share of the accounts, all in memory, with one writer. Only `evolve` changes what is in it;
 * apart from quotes, which are input, and margin guards, which are an index and can be made again.
 */
export interface Shard {
  readonly options: ShardOptions;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly markets: Map<string, Market>;
  readonly accounts: Map<string, Account>;
  /** Pending orders and open positions, oldest first. */
  readonly orders: Map<number, Order>;
  readonly positions: Map<number, Position>;
  readonly expiries: LevelHeap<Order>;
  readonly recentOrders: RecentOrders;
  readonly house: Record<HouseAccount, WideSum>;
  tradingState: TradingState;
  grossNotional: Micros;
  /** Last day whose swaps are all charged, as days since 1970-01-01 UTC; −1 before the first. */
  swapDay: number;
  /** See `accrue`. */
  roundingCarry: number;
  nextOrderId: number;
  nextPositionId: number;
  nextFillId: number;
  /** Of the last event. */
  sequence: number;
}

export function createShard(options: ShardOptions): Shard {
  const house = Object.fromEntries(houseAccounts.map((account) => [account, new WideSum()]));
  return {
    options,
    profiles: new Map(options.profiles.map((profile) => [profile.name, profile])),
    markets: new Map(),
    accounts: new Map(),
    orders: new Map(),
    positions: new Map(),
    expiries: new LevelHeap('rises', (order, slot) => {
      order.expirySlot = slot;
    }),
    recentOrders: new RecentOrders(options.recentOrdersMax),
    house: house as Record<HouseAccount, WideSum>,
    tradingState: 'active',
    grossNotional: 0 as Micros,
    swapDay: -1,
    roundingCarry: 0,
    nextOrderId: 1,
    nextPositionId: 1,
    nextFillId: 1,
    sequence: 0,
  };
}
