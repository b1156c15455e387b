import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { testDatabaseContract } from './contract.ts';
import { migrateDatabase } from './migrate-database.ts';
import { openDatabase } from './open-database.ts';
import { DatabaseUnavailableError } from './port.ts';
import { roleUrl } from './role-url.ts';
import { createScratchDatabase } from './testing/scratch-database.ts';

// The suite gives the roles, which belong to the whole server, passwords of its own: whoever uses the same server
// migrates again before the next test.
const serverUrl = process.env.DATABASE_URL;
if (serverUrl === undefined) throw new Error('DATABASE_URL is not set');

const run = promisify(execFile);
const program = fileURLToPath(new URL('testing/migrate-program.ts', import.meta.url));

testDatabaseContract('a PostgreSQL server', async () => {
  const { ownerUrl, drop } = await createScratchDatabase(serverUrl);
  return { ownerUrl, close: drop };
});

it('is migrated once by ten processes that start at once', async () => {
  const { ownerUrl, drop } = await createScratchDatabase(serverUrl);
  await Promise.all(Array.from({ length: 10 }, () => run(process.execPath, [program, ownerUrl])));
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ hash: string }>('select hash from drizzle.__drizzle_migrations');
  assert.equal(new Set(rows.map(({ hash }) => hash)).size, rows.length);
  assert.ok(rows.length > 0);
  await client.end();
  await drop();
});

it('is migrated by several systems on one server at once', async () => {
  const databases = await Promise.all([1, 2, 3, 4].map(() => createScratchDatabase(serverUrl)));
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(databases.map(({ ownerUrl }) => migrateDatabase(ownerUrl, { poller: 'l'.repeat(32) })));
  }
  await Promise.all(databases.map(({ drop }) => drop()));
});

it('holds no more connections than it may, and says that more would be too many', async () => {
  const { ownerUrl, drop } = await createScratchDatabase(serverUrl);
  const password = 'a'.repeat(32);
  await migrateDatabase(ownerUrl, { api_server: password });
  const applicationName = randomUUID();
  const url = `${roleUrl(ownerUrl, 'api_server', password)}${ownerUrl.includes('?') ? '&' : '?'}application_name=${applicationName}`;
  const database = openDatabase(url, { poolMax: 2, statementTimeoutMs: 5_000 });
  const busy = [1, 2].map(async () => {
    await database.db.execute('select pg_sleep(3)');
  });
  await delay(200);
  const start = performance.now();
  await assert.rejects(database.ping(), DatabaseUnavailableError);
  assert.ok(performance.now() - start < 2_000);
  const owner = openDatabase(ownerUrl);
  const { rows } = await owner.db.execute<{ count: string }>(
    `select count(*) from pg_stat_activity where application_name = '${applicationName}'`,
  );
  assert.equal(rows[0]?.count, '2');
  await Promise.all(busy);
  await database.ping();
  await Promise.all([database.close(), owner.close()]);
  await drop();
});
