import { integerSetting, secretSetting } from '@repo/service';
import { z } from 'zod';

/** Settings of the db-processor; docs/operations/configuration.md is made from them. */
export const dbProcessorConfigSchema = z.object({
  SEALING_PRIVATE_KEY: secretSetting().describe(
    'The private key (a JWK) that opens the passwords in requests; only this service has it.',
  ),
  HASH_CONCURRENCY: integerSetting(2, 1, 64).describe('Passwords hashed at once, each with 19 MiB of memory.'),
  HASH_QUEUE: integerSetting(16, 0, 1_000).describe('Passwords waiting to be hashed; one more is answered `busy`.'),
  SESSION_IDLE_SECONDS: integerSetting(3_600, 1, 604_800).describe('A session ends this long after its last refresh.'),
  SESSION_ABSOLUTE_SECONDS: integerSetting(86_400, 1, 2_592_000).describe(
    'A session ends this long after its start, whatever it does.',
  ),
  ROTATION_GRACE_MS: integerSetting(10_000, 0, 60_000).describe(
    'The last refresh token is good this long after its rotation: 20 tabs at once, a lost answer retried.',
  ),
  CANDLE_FLUSH_MS: integerSetting(1_000, 0, 60_000).describe('Least time between two writes of candles.'),
  CANDLE_1M_DAYS: integerSetting(400, 31, 36_500).describe(
    'One-minute candles are kept this long, by whole months; those of longer intervals for ever.',
  ),
  RETENTION_SECONDS: integerSetting(86_400, 60, 31_536_000).describe(
    'Answers to requests, and sessions and API keys that are over, are kept this long.',
  ),
  HOUSEKEEPING_INTERVAL_SECONDS: integerSetting(600, 1, 86_400).describe(
    'Between two rounds of removing what is outdated, making partitions of candles and verifying what was added to the audit chain.',
  ),
});

export type DbProcessorConfig = z.infer<typeof dbProcessorConfigSchema>;
