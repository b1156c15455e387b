import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import type { DatabaseRole } from './port.ts';
import { scramVerifier } from './scram-verifier.ts';

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

// Any number will do as long as every migrating program takes the same.
const MIGRATION_LOCK = 4_221_770_001;

/**
 * Brings a database to the newest schema and gives each role its password and privileges. Does nothing where nothing
 * is missing; of two at once the second waits for the first.
 *
 * @param ownerUrl of a role that may create roles and owns the database.
 * @throws the server's error; nothing of a failed migration stays.
 */
export async function migrateDatabase(
  ownerUrl: string,
  rolePasswords: Readonly<Record<DatabaseRole, string>>,
): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query in hand rejects with it
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    for (const [role, password] of Object.entries(rolePasswords)) await ensureRole(client, role, password);
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    const database = client.escapeIdentifier(rows[0]?.name ?? '');
    await client.query(`revoke all on database ${database} from public`);
    await client.query(`grant connect on database ${database} to db_processor, api_server`);
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    await client.end(); // releases the lock too
  }
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  // Roles belong to the whole server, the lock to one database: another database's migration may create it meanwhile.
  await client.query(`do $$ begin
    create role ${name};
  exception when duplicate_object or unique_violation then null;
  end $$`);
  const verifier = client.escapeLiteral(scramVerifier(password));
  await client.query(`alter role ${name} with login password ${verifier}`);
}
