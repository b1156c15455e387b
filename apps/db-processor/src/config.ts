import { integerSetting, secretSetting } from '@repo/service';
import { z } from 'zod';

export const dbProcessorConfigSchema = z.object({
  /** The private key (JWK) that opens the passwords in requests; only this service has it. */
  SEALING_PRIVATE_KEY: secretSetting(),
  /** Passwords hashed at once. */
  HASH_CONCURRENCY: integerSetting(2, 1, 64),
  /** Passwords waiting to be hashed; one more is answered `busy`. */
  HASH_QUEUE: integerSetting(16, 0, 1_000),
  /** A session ends this long after its last rotation. */
  SESSION_IDLE_SECONDS: integerSetting(3_600, 1, 604_800),
  /** A session ends this long after its start, whatever it does. */
  SESSION_ABSOLUTE_SECONDS: integerSetting(86_400, 1, 2_592_000),
  /** The last refresh token is good this long after its rotation: 20 tabs at once, a lost answer retried. */
  ROTATION_GRACE_MS: integerSetting(10_000, 0, 60_000),
  /** Least time between two writes of candles. */
  CANDLE_FLUSH_MS: integerSetting(1_000, 0, 60_000),
  /** Answers to requests, and sessions that are over, are kept this long. */
  RETENTION_SECONDS: integerSetting(86_400, 60, 31_536_000),
  HOUSEKEEPING_INTERVAL_SECONDS: integerSetting(600, 1, 86_400),
});

export type DbProcessorConfig = z.infer<typeof dbProcessorConfigSchema>;
