import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { migrateDatabase } from './migrate-database.ts';
import type { DatabaseRole } from './port.ts';
import { roleUrl } from './role-url.ts';

/** A migrated database on a server of its own. */
export interface TestDatabase {
  readonly ownerUrl: string;
  url(role: DatabaseRole): string;
  /** Stops the server as a crash would. */
  stopServer(): Promise<void>;
  /** Starts it again on the same port. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

const rolePasswords: Readonly<Record<DatabaseRole, string>> = {
  db_processor: 'password-of-the-db-processor-in-tests',
  api_server: 'password-of-the-api-server-in-tests',
};

export interface TestDatabaseOptions {
  /** Without it nothing is flushed to the disk: twice as fast, and enough where no test cuts the power. */
  readonly durable?: boolean;
}

/** Starts PostgreSQL in a directory of its own under the system's temporary one, removed by `close`. */
export async function startTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-db-'));
  await chmod(directory, 0o711); // so that PostgreSQL's user may enter when the tests run as root
  const dataDir = path.join(directory, 'postgres');
  const settings: Readonly<Record<string, string>> = options.durable
    ? {}
    : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  let server = await startEmbeddedPostgres({ dataDir, settings });
  const { ownerUrl } = server;
  await migrateDatabase(ownerUrl, rolePasswords);
  return {
    ownerUrl,
    url: (role) => roleUrl(ownerUrl, role, rolePasswords[role]),
    stopServer: () => server.stop('immediate'),
    startServer: async () => {
      server = await startEmbeddedPostgres({ dataDir, settings, port: Number(new URL(ownerUrl).port) });
    },
    close: async () => {
      await server.stop('immediate');
      await rm(directory, { recursive: true, force: true });
    },
  };
}
