import type { ShardSnapshot } from '@repo/trading-core';

/** A shard's state, as far as it is audited: what its public views tell. */
export interface ShardView {
  /** All of it; asked for at sweeps. */
  snapshot(): ShardSnapshot;
  readonly grossNotional: number;
  account(id: string): AccountView | undefined;
  exposures(): readonly ExposureView[];
}

export interface AccountView {
  readonly balance: number;
  readonly equity: number;
  readonly usedMargin: number;
  readonly openPositions: number;
  readonly pendingOrders: number;
  readonly isMarginCalled: boolean;
}

/** What clients hold of an instrument, and the house against them. */
export interface ExposureView {
  readonly asset: string;
  readonly clientLong: number;
  readonly clientShort: number;
  readonly houseNet: number;
}
