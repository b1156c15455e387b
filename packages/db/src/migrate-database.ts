import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { type DatabaseRole, databaseRoles } from './port.ts';
import { scramVerifier } from './scram-verifier.ts';

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

// Any number will do as long as every migrating program takes the same.
const MIGRATION_LOCK = 4_221_770_001;

/** Another program may be migrating, or statements may be in the way: longer than this is no migration of ours. */
const LOCK_TIMEOUT_MS = 60_000;
const VERSION_MIN = 15;
const PASSWORD_ATTEMPTS = 20;
const PASSWORD_PAUSE_MS_MAX = 100;

/**
 * Brings a database to the newest schema, creates the roles that are missing and gives them their privileges and those
 * passwords. Does nothing where nothing is missing; of several at once one works and the others wait for it.
 *
 * @param ownerUrl of a role that owns the database and may create roles, on PostgreSQL 15 or later. Not through a
 *   pooler that shares connections between clients: the lock belongs to the connection.
 * @param rolePasswords of the roles that sign in here; others keep theirs, and without one they cannot.
 * @throws the server's error; nothing of a failed migration stays.
 */
export async function migrateDatabase(
  ownerUrl: string,
  rolePasswords: Readonly<Partial<Record<DatabaseRole, string>>>,
): Promise<void> {
  const client = new Client({
    connectionString: ownerUrl,
    connectionTimeoutMillis: 5_000,
    lock_timeout: LOCK_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined); // the query in hand rejects with it
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { name, version } = await describeDatabase(client);
    if (version < VERSION_MIN) throw new Error(`PostgreSQL ${VERSION_MIN} or later is needed, this is ${version}`);
    for (const role of databaseRoles) await ensureRole(client, role, rolePasswords[role]);
    const database = client.escapeIdentifier(name);
    await client.query(`revoke all on database ${database} from public`);
    await client.query(`grant connect on database ${database} to ${databaseRoles.join(', ')}`);
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    await client.end(); // releases the lock too
  }
}

async function describeDatabase(client: Client): Promise<{ readonly name: string; readonly version: number }> {
  const { rows } = await client.query<{ name: string; version: number }>(
    `select current_database() as name, current_setting('server_version_num')::int / 10000 as version`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the server does not say what it is');
  return row;
}

async function ensureRole(client: Client, role: DatabaseRole, password: string | undefined): Promise<void> {
  const name = client.escapeIdentifier(role);
  // Roles belong to the whole server, the lock to one database: another database's migration may create it meanwhile.
  // Looked up first, so that an owner who may not create roles can find them made.
  await client.query(`do $$ begin
    if not exists (select from pg_roles where rolname = ${client.escapeLiteral(role)}) then create role ${name}; end if;
  exception when duplicate_object or unique_violation then null;
  end $$`);
  if (password !== undefined) await setPassword(client, name, password);
}

async function setPassword(client: Client, name: string, password: string): Promise<void> {
  const verifier = client.escapeLiteral(scramVerifier(password));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`alter role ${name} with login password ${verifier}`);
      return;
    } catch (error) {
      // Another database's migration changed the role at the same moment; PostgreSQL does not wait here.
      const collided = error instanceof Error && error.message === 'tuple concurrently updated';
      if (!collided || attempt === PASSWORD_ATTEMPTS) throw error;
      await delay(Math.random() * PASSWORD_PAUSE_MS_MAX);
    }
  }
}
