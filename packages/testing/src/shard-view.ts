import type { PositionSide } from '@repo/trading-core';

/** A shard's state, as far as it is audited: what its public views tell. */
export interface ShardView {
  readonly sequence: number;
  readonly roundingCarry: number;
  readonly grossNotional: number;
  readonly accounts: number;
  readonly pendingOrders: number;
  readonly house: Iterable<readonly [account: string, balance: bigint]>;
  account(id: string): AccountView | undefined;
  positions(): Iterable<PositionView>;
}

export interface AccountView {
  readonly balance: number;
  readonly equity: number;
  readonly usedMargin: number;
  readonly openPositions: number;
  readonly pendingOrders: number;
  readonly isMarginCalled: boolean;
}

export interface PositionView {
  readonly id: number;
  readonly accountId: string;
  readonly side: PositionSide;
  readonly quantity: number;
  readonly cost: number;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly trailingBest: number | null;
}
