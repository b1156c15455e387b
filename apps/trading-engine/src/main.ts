import { databaseConfigSchema, databaseOptions, openDatabase } from '@repo/db';
import { createApacheKafka, ensureTopics, KafkaUnavailableError, kafkaConfigSchema, kafkaSettings } from '@repo/kafka';
import { loadConfig, runService, untilAvailable } from '@repo/service';
import { tradingEngineConfigSchema } from './config.ts';
import { crashAt } from './crash-points.ts';
import { startTradingEngine } from './start-trading-engine.ts';

await runService('trading-engine', async ({ environment, logger, shutdown }) => {
  const config = loadConfig(tradingEngineConfigSchema, environment);
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
  return startTradingEngine({ config, logger, kafka, database, reachPoint: crashAt(environment.CRASH_AT) });
});
