import { ConfigError, createLogger, loadConfig } from '@repo/service';
import { migrateConfigSchema } from './config.ts';
import { MigrationError, migrate } from './migrate.ts';

// Without these the first process of a container is not ended by them. What was under way is undone by the server.
process.once('SIGTERM', () => process.exit(143));
process.once('SIGINT', () => process.exit(130));

try {
  const config = loadConfig(migrateConfigSchema, process.env);
  const logger = createLogger({ level: 'info' }).child({ service: 'migrate' });
  await migrate(config, logger);
  logger.info('the database has the newest schema, and the roles their passwords');
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof MigrationError)) throw error;
  process.stderr.write(`migrate failed. ${error.message}\n`);
  process.exit(1);
}
