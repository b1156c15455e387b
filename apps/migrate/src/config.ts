import { databaseConfigSchema } from '@repo/db';
import { integerSetting, secretSetting } from '@repo/service';
import { z } from 'zod';

/** Settings of the program that migrates the database. */
export const migrateConfigSchema = z.object({
  DATABASE_URL: databaseConfigSchema.shape.DATABASE_URL.meta({
    description: 'The database, as its owner, who may create roles or finds them made. Not through a pooler.',
    secret: true,
  }),
  DB_PROCESSOR_PASSWORD: password('db_processor'),
  API_SERVER_PASSWORD: password('api_server'),
  POLLER_PASSWORD: password('poller'),
  TRADING_ENGINE_PASSWORD: password('trading_engine'),
  DATABASE_WAIT_SECONDS: integerSetting(60, 0, 3_600).describe('How long a database that is away is waited for.'),
});

export type MigrateConfig = z.infer<typeof migrateConfigSchema>;

function password(role: string) {
  return secretSetting().meta({
    description: `Password that the role \`${role}\` gets.`,
    secret: true,
    hint: 'npm run --silent secrets',
  });
}
