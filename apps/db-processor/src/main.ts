import { databaseConfigSchema, databaseOptions, openDatabase } from '@repo/db';
import { createApacheKafka, ensureTopics, KafkaUnavailableError, kafkaConfigSchema, kafkaSettings } from '@repo/kafka';
import { loadConfig, runService, untilAvailable } from '@repo/service';
import { dbProcessorConfigSchema } from './config.ts';
import { startDbProcessor } from './start-db-processor.ts';

await runService('db-processor', async ({ environment, logger, shutdown }) => {
  const config = loadConfig(dbProcessorConfigSchema, environment);
  const databaseConfig = loadConfig(databaseConfigSchema, environment);
  const kafkaConfig = loadConfig(kafkaConfigSchema, environment);

  const kafka = createApacheKafka({
    ...kafkaSettings(kafkaConfig),
    onTrouble: (message, error) => logger.warn({ err: error }, message),
  });
  shutdown.add('Kafka', () => kafka.close());
  const database = openDatabase(databaseConfig.DATABASE_URL, databaseOptions(databaseConfig));
  shutdown.add('PostgreSQL', () => database.close());

  const isKafkaAway = (error: unknown) => error instanceof KafkaUnavailableError;
  await untilAvailable('Kafka', logger, () => ensureTopics(kafka), isKafkaAway);
  return startDbProcessor({ config, logger, kafka, database });
});
