import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createLease, databaseConfigSchema, databaseOptions, openDatabase } from '@repo/db';
import { createApacheKafka, ensureTopics, KafkaUnavailableError, kafkaConfigSchema, kafkaSettings } from '@repo/kafka';
import { createServerRedis, redisConfigSchema } from '@repo/redis';
import { loadConfig, runService, untilAvailable } from '@repo/service';
import { standbyPollerConfigSchema } from './config.ts';
import { startStandbyPoller } from './start-standby-poller.ts';

await runService('poller', async ({ environment, logger, shutdown }) => {
  const config = loadConfig(standbyPollerConfigSchema, environment);
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
