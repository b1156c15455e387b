import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createLease, databaseConfigSchema, databaseOptions, openDatabase } from '@repo/db';
import { createApacheKafka, ensureTopics, KafkaUnavailableError, kafkaConfigSchema, kafkaSettings } from '@repo/kafka';
import { createServerRedis, redisConfigSchema } from '@repo/redis';
import { integerSetting, loadConfig, runService, untilAvailable } from '@repo/service';
import { pollerConfigSchema } from './config.ts';
import { startStandbyPoller } from './start-standby-poller.ts';

const standbyConfigSchema = pollerConfigSchema.extend({
  /** Another poller takes over this long after the active one was last heard of. */
  POLLER_LEASE_MS: integerSetting(5_000, 500, 60_000),
});

await runService('poller', async ({ environment, logger, shutdown }) => {
  const config = loadConfig(standbyConfigSchema, environment);
  const databaseConfig = loadConfig(databaseConfigSchema, environment);
  const kafkaConfig = loadConfig(kafkaConfigSchema, environment);
  const redisConfig = loadConfig(redisConfigSchema, environment);

  const kafka = createApacheKafka({
    ...kafkaSettings(kafkaConfig),
    onTrouble: (message, error) => logger.warn({ err: error }, message),
  });
  shutdown.add('Kafka', () => kafka.close());
  const redis = createServerRedis({ url: redisConfig.REDIS_URL, keyPrefix: redisConfig.REDIS_KEY_PREFIX });
  shutdown.add('Redis', () => redis.close());
  const database = openDatabase(databaseConfig.DATABASE_URL, databaseOptions(databaseConfig));
  shutdown.add('PostgreSQL', () => database.close());

  const isKafkaAway = (error: unknown) => error instanceof KafkaUnavailableError;
  await untilAvailable('Kafka', logger, () => ensureTopics(kafka), isKafkaAway);
  return startStandbyPoller({
    config,
    logger,
    kafka,
    prices: redis.prices,
    lease: createLease(database),
    holder: `${hostname()}-${process.pid}-${randomUUID()}`,
    leaseMs: config.POLLER_LEASE_MS,
  });
});
