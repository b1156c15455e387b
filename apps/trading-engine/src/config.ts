import { integerSetting } from '@repo/service';
import { z } from 'zod';

export const tradingEngineConfigSchema = z.object({
  SHARD_LEASE_MS: integerSetting(3_000, 500, 60_000).describe(
    'Another engine takes a shard over this long after its engine was last heard of.',
  ),
  SHARE_INTERVAL_MS: integerSetting(500, 50, 10_000).describe(
    'How often an engine looks whether the shards are shared evenly.',
  ),
});

export type TradingEngineConfig = z.infer<typeof tradingEngineConfigSchema>;
