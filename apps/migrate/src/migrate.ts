import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseUnavailable, migrateDatabase } from '@repo/db';
import { type Logger, monotonicMs } from '@repo/service';
import type { MigrateConfig } from './config.ts';

const ASK_EVERY_MS = 500;

/** The database could not be migrated; the message is a sentence for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Brings the database to the newest schema and gives the roles their passwords, waiting for a server that is away.
 *
 * @throws MigrationError when the server stays away or refuses; nothing of a failed migration stays.
 */
export async function migrate(config: MigrateConfig, logger: Logger): Promise<void> {
  const passwords = {
    db_processor: config.DB_PROCESSOR_PASSWORD,
    api_server: config.API_SERVER_PASSWORD,
    poller: config.POLLER_PASSWORD,
    trading_engine: config.TRADING_ENGINE_PASSWORD,
  };
  const deadline = monotonicMs() + config.DATABASE_WAIT_SECONDS * 1_000;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrateDatabase(config.DATABASE_URL, passwords);
      return;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw refused(error);
      if (monotonicMs() >= deadline) throw stayedAway(config, error);
      if (attempt === 1) logger.warn({ err: error }, 'PostgreSQL is away: waiting for it');
    }
    await delay(ASK_EVERY_MS);
  }
}

function stayedAway({ DATABASE_WAIT_SECONDS }: MigrateConfig, cause: unknown): MigrationError {
  return new MigrationError(
    `PostgreSQL was away for DATABASE_WAIT_SECONDS, ${DATABASE_WAIT_SECONDS} s: ${messageOf(cause)}.`,
    { cause },
  );
}

function refused(cause: unknown): MigrationError {
  return new MigrationError(`PostgreSQL did not take the migration: ${messageOf(cause)}.`, { cause });
}

/** The innermost: Drizzle quotes a whole statement, and several addresses of one host fail together. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  if (error instanceof Error && error.cause !== undefined) return messageOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}
