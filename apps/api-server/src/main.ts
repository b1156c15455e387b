import { databaseConfigSchema, databaseOptions, openDatabase } from '@repo/db';
import { createApacheKafka, ensureTopics, KafkaUnavailableError, kafkaConfigSchema, kafkaSettings } from '@repo/kafka';
import { createServerRedis, redisConfigSchema } from '@repo/redis';
import { loadConfig, runService, untilAvailable } from '@repo/service';
import { apiServerConfigSchema } from './config.ts';
import { createSmtpMailer } from './mail/smtp-mailer.ts';
import { startApiServer } from './start-api-server.ts';

await runService('api-server', async ({ environment, logger, shutdown }) => {
  const config = loadConfig(apiServerConfigSchema, environment);
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
  const mailer = createSmtpMailer(config);
  shutdown.add('SMTP', async () => mailer.close());

  const isKafkaAway = (error: unknown) => error instanceof KafkaUnavailableError;
  await untilAvailable('Kafka', logger, () => ensureTopics(kafka), isKafkaAway);
  return startApiServer({ config, logger, kafka, redis, database, mailer });
});
