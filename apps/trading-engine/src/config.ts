import { integerSetting } from '@repo/service';
import { z } from 'zod';

export const tradingEngineConfigSchema = z.object({
  SHARD_LEASE_MS: integerSetting(3_000, 500, 60_000).describe(
    'Another engine takes a shard over this long after its engine was last heard of.',
  ),
  SHARE_INTERVAL_MS: integerSetting(500, 50, 10_000).describe(
    'How often an engine looks whether the shards are shared evenly.',
  ),
  COMMAND_DAYS: integerSetting(30, 1, 3_650).describe(
    'Answers to commands are kept this long, and given again to who asks again. The names of orders are kept for ever.',
  ),
  COMMAND_CLEANING_SECONDS: integerSetting(3_600, 1, 86_400).describe('Between two rounds of removing older answers.'),
});

export type TradingEngineConfig = z.infer<typeof tradingEngineConfigSchema>;
