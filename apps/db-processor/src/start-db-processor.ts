import type { DatabaseHandle } from '@repo/db';
import type { Kafka } from '@repo/kafka';
import {
  createMetrics,
  Health,
  type Logger,
  type RunningService,
  watchConsumerLag,
  watchDatabasePool,
} from '@repo/service';
import { createAuditChainCheck } from './audit/audit-chain-check.ts';
import { consumeAuditEvents } from './audit/consume-audit-events.ts';
import { consumePriceUpdates } from './candles/consume-price-updates.ts';
import { keepCandlePartitions } from './candles/keep-candle-partitions.ts';
import type { DbProcessorConfig } from './config.ts';
import { createConsumerReports } from './consumer-reports.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createDbProcessorMetrics } from './metrics.ts';
import { openSealingKey } from './open-sealing-key.ts';
import { createPasswordHasher } from './passwords/password-hasher.ts';
import { removeOutdated } from './remove-outdated.ts';
import { consumeUserRequests } from './requests/consume-user-requests.ts';

const DAY_MS = 86_400_000;

export interface DbProcessorOptions {
  readonly config: DbProcessorConfig;
  readonly logger: Logger;
  readonly kafka: Kafka;
  readonly database: DatabaseHandle;
}

/**
 * Starts the user store and the candles. Resolves when its consumers read.
 *
 * @throws ConfigError when the sealing key is none.
 */
export async function startDbProcessor(options: DbProcessorOptions): Promise<RunningService> {
  const { config, logger, kafka, database } = options;
  const registry = createMetrics();
  const metrics = createDbProcessorMetrics(registry);
  watchDatabasePool(registry, 'db_processor', database);
  const unseal = await openSealingKey(config.SEALING_PRIVATE_KEY);
  const context = {
    database: database.db,
    passwords: await createPasswordHasher(
      { concurrencyMax: config.HASH_CONCURRENCY, queueMax: config.HASH_QUEUE },
      metrics,
    ),
    limits: {
      idleMs: config.SESSION_IDLE_SECONDS * 1_000,
      absoluteMs: config.SESSION_ABSOLUTE_SECONDS * 1_000,
      graceMs: config.ROTATION_GRACE_MS,
    },
  };
  const health = new Health();
  health.add('database', () => database.ping());
  health.add('kafka', () => kafka.ping());

  const reports = createConsumerReports(logger, metrics);
  const consumersByGroup = {
    'db-processor': consumeUserRequests({ kafka, logger, context, unseal, metrics, reports }),
    audit: consumeAuditEvents({ kafka, database: database.db, reports }),
    candles: consumePriceUpdates({
      kafka,
      database: database.db,
      metrics,
      reports,
      flushMs: config.CANDLE_FLUSH_MS,
      keptMs: config.CANDLE_1M_DAYS * DAY_MS,
    }),
  };
  watchConsumerLag(registry, 'db_processor', consumersByGroup);
  const consumers = Object.values(consumersByGroup);
  const housekeeping = startHousekeeping({
    chores: {
      'remove outdated rows': (signal) => removeOutdated(database.db, config.RETENTION_SECONDS * 1_000, signal),
      'keep partitions of candles': () => keepCandlePartitions(database.db, config.CANDLE_1M_DAYS, logger),
      'verify the audit chain': createAuditChainCheck({ database: database.db, logger, metrics }),
    },
    logger,
    intervalMs: config.HOUSEKEEPING_INTERVAL_SECONDS * 1_000,
  });

  let stopped: Promise<void> | undefined;
  async function stop(): Promise<void> {
    health.stopping();
    await Promise.all([...consumers.map((consumer) => consumer.close()), housekeeping.stop()]);
  }
  const service: RunningService = {
    name: 'db-processor',
    health,
    metrics: registry,
    stop: () => (stopped ??= stop()),
  };
  try {
    await Promise.all(consumers.map((consumer) => consumer.ready));
  } catch (error) {
    await service.stop();
    throw error;
  }
  return service;
}
