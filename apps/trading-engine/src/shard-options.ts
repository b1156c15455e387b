import { defaultProfiles, micros, type ShardOptions } from '@repo/trading-core';

/** What every shard of this engine is made with. */
export const shardOptions: ShardOptions = {
  profiles: defaultProfiles,
  grossNotionalMax: micros(1_000_000_000_000_000),
  recentOrdersMax: 16_384,
};
