import type { Held } from './figures.ts';

/** What the events of a shard have made so far, as the auditor folds them. */
export interface ShardModel {
  readonly accounts: Map<string, AccountModel>;
  readonly orders: Map<number, OrderModel>;
  /** Open ones. */
  readonly positions: Map<number, PositionModel>;
  /** Closed ones: what they came to. */
  readonly closed: Map<number, PositionModel>;
  readonly commissionPpm: Map<string, bigint>;
  /** `account name` → order. */
  readonly names: Map<string, number>;
  readonly swapDays: Set<string>;
  /** Whose stop-out is being carried out: what follows closes his positions. */
  stoppingOut: string | undefined;
}

export interface AccountModel {
  readonly id: string;
  readonly mode: string;
  readonly profile: string;
  balance: bigint;
}

export interface OrderModel {
  readonly id: number;
  readonly account: string;
  // biome-ignore lint/suspicious/noExplicitAny: as it is written in the event
  terms: any;
  status: string;
  isTriggered: boolean;
  filled: bigint;
}

export interface PositionModel extends Held {
  readonly id: number;
  readonly account: string;
  quantity: bigint;
  cost: bigint;
  commission: bigint;
  swap: bigint;
  realizedPnl: bigint;
  stopLoss: number | null;
  takeProfit: number | null;
  trailingDistance: number | null;
  trailingBest: number | null;
}

export function emptyShard(): ShardModel {
  return {
    accounts: new Map(),
    orders: new Map(),
    positions: new Map(),
    closed: new Map(),
    commissionPpm: new Map(),
    names: new Map(),
    swapDays: new Set(),
    stoppingOut: undefined,
  };
}

export function positionsOf(shard: ShardModel, account: string): PositionModel[] {
  return [...shard.positions.values()].filter((position) => position.account === account);
}
