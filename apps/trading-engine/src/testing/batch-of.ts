import type { Shard } from '@repo/trading-core';
import type { Batch } from '../books/commit-batches.ts';

/** A batch of shard 0 in epoch 0 that leaves it as `shard` is, without events. */
export function batchOf(shard: Shard, after: Batch['after']): Batch {
  const { sequence, nextOrderId, nextPositionId, nextFillId, swapDay, roundingCarry, tradingState } = shard;
  return {
    shard: 0,
    epoch: 0,
    after,
    state: { sequence, nextOrderId, nextPositionId, nextFillId, swapDay, roundingCarry, tradingState },
    commandLog: null,
    commandOffset: 0,
    publishedSequence: 0,
    events: [],
    commands: [],
    owners: new Map(),
  };
}
