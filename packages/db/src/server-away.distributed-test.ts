import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect, promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { isDatabaseUnavailable } from './database-unavailable.ts';
import { leaseCases } from './lease/lease-cases.ts';
import { migrateDatabase } from './migrate-database.ts';
import { openDatabase } from './open-database.ts';
import { type DatabaseHandle, type DatabaseRole, DatabaseUnavailableError } from './port.ts';
import { roleUrl } from './role-url.ts';
import { users } from './tables.ts';
import { createScratchDatabase, query } from './testing/scratch-database.ts';
import { type SystemPostgres, startSystemPostgres } from './testing/system-postgres.ts';

const run = promisify(execFile);
const passwords: Record<DatabaseRole, string> = {
  db_processor: 'p'.repeat(32),
  api_server: 'a'.repeat(32),
  poller: 'l'.repeat(32),
  trading_engine: 'l'.repeat(32),
};
const newUser = () => ({ id: randomUUID(), email: `${randomUUID()}@example.com`, passwordHash: 'x' });

/** How long a call takes to fail as it should, ms. */
async function msToFail(call: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await assert.rejects(call, isDatabaseUnavailable);
  return performance.now() - start;
}

async function msUntil(works: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (;;) {
    try {
      await works();
      return performance.now() - start;
    } catch (error) {
      if (!isDatabaseUnavailable(error) || performance.now() - start > 15_000) throw error;
      await delay(10);
    }
  }
}

describe('a PostgreSQL server that goes away', () => {
  let server: SystemPostgres;
  let database: DatabaseHandle;
  before(async () => {
    server = await startSystemPostgres();
    await migrateDatabase(server.ownerUrl, passwords);
  });
  after(() => server.close());
  beforeEach(() => {
    const url = roleUrl(server.ownerUrl, 'db_processor', passwords.db_processor);
    database = openDatabase(url, { poolMax: 4, statementTimeoutMs: 1_500 });
  });
  afterEach(() => database.close());

  /** Adds users, each in a transaction, until it is stopped; what was acknowledged, and the errors. */
  function startLoad() {
    const acknowledged: string[] = [];
    const errors: unknown[] = [];
    let stopped = false;
    const writers = Array.from({ length: 6 }, async () => {
      while (!stopped) {
        const user = newUser();
        try {
          await database.db.transaction(async (transaction) => {
            await transaction.insert(users).values(user);
            await transaction.execute(sql`select pg_sleep(0.002)`);
          });
          acknowledged.push(user.id);
        } catch (error) {
          errors.push(error);
          await delay(20);
        }
      }
    });
    return {
      acknowledged,
      errors,
      stop: async () => {
        stopped = true;
        await Promise.all(writers);
      },
    };
  }

  async function missing(ids: readonly string[]): Promise<readonly string[]> {
    const rows = await database.db.select({ id: users.id }).from(users);
    const there = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => !there.has(id));
  }

  it('crashes in mid-transaction: a clear error, nothing acknowledged lost, nothing half done', async () => {
    const load = startLoad();
    const half = newUser();
    for (let round = 0; round < 3; round += 1) {
      await delay(500);
      const inHand = database.db.transaction(async (transaction) => {
        await transaction.insert(users).values(half);
        await server.stop('immediate');
        await transaction.insert(users).values(newUser());
      });
      assert.ok((await msToFail(inHand)) < 2_000 + 1_000, 'the stop itself takes its time');
      const failed = await Promise.all([database.ping(), database.ping()].map(msToFail));
      assert.ok(Math.max(...failed) < 2_000);
      await server.start();
      const recovered = await msUntil(() => database.ping());
      assert.ok(recovered < 2_000, `${recovered} ms`);
    }
    const before = load.acknowledged.length;
    await delay(500);
    await load.stop();
    assert.ok(load.acknowledged.length > before, 'the writers go on by themselves');
    assert.ok(load.errors.length > 0 && load.errors.every(isDatabaseUnavailable));
    assert.deepEqual(await missing(load.acknowledged), []);
    assert.deepEqual(await missing([half.id]), [half.id]);
  });

  it('loses one backend to kill -9, and starts its others anew', async () => {
    const load = startLoad();
    await delay(300);
    const { rows } = await database.db.execute<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await delay(100);
    const recovered = await msUntil(() => database.ping());
    assert.ok(recovered < 5_000, `${recovered} ms`);
    const before = load.acknowledged.length;
    await delay(500);
    await load.stop();
    assert.ok(load.acknowledged.length > before);
    assert.ok(load.errors.every(isDatabaseUnavailable));
    assert.deepEqual(await missing(load.acknowledged), []);
  });

  it('stops answering: each call fails within 2 s, and all is well when it goes on', async () => {
    await Promise.all([1, 2, 3].map(() => database.ping()));
    await server.freeze();
    try {
      const late = await Promise.all(
        [
          database.ping(),
          database.db.select({ id: users.id }).from(users).limit(1),
          database.db.transaction((transaction) => transaction.insert(users).values(newUser())),
        ].map(msToFail),
      );
      assert.ok(Math.max(...late) < 2_000, `${late.join(', ')} ms`);
      await assert.rejects(database.ping(), DatabaseUnavailableError);
    } finally {
      await server.thaw();
    }
    const recovered = await msUntil(() =>
      database.db.transaction((transaction) => transaction.insert(users).values(newUser())),
    );
    assert.ok(recovered < 2_000, `${recovered} ms`);
  });

  it('ends a statement that takes too long, and keeps no lock of it', async () => {
    const user = newUser();
    await database.db.insert(users).values(user);
    const slow = database.db.transaction(async (transaction) => {
      await transaction.execute(sql`select from ${users} where id = ${user.id} for update`);
      await transaction.execute(sql`select pg_sleep(10)`);
    });
    assert.ok((await msToFail(slow)) < 2_000);
    await database.db.execute(sql`update ${users} set password_hash = 'y' where id = ${user.id}`);
  });

  describe('a lease there', () =>
    leaseCases(() => ({
      url: roleUrl(server.ownerUrl, 'poller', passwords.poller),
      server: { stop: () => server.stop('immediate'), start: () => server.start() },
    })));
});

describe('a PostgreSQL server that somebody else runs', () => {
  let server: SystemPostgres;
  before(async () => {
    server = await startSystemPostgres();
  });
  after(() => server.close());

  it('is migrated by an owner who is no superuser', async () => {
    await query(server.ownerUrl, `create role owner login createrole createdb password 'owner'`);
    const url = new URL(server.ownerUrl);
    Object.assign(url, { username: 'owner', password: 'owner' });
    const { ownerUrl } = await createScratchDatabase(url.href);
    await migrateDatabase(ownerUrl, passwords);
    await migrateDatabase(ownerUrl, passwords);
    const database = openDatabase(roleUrl(ownerUrl, 'db_processor', passwords.db_processor));
    await database.db.insert(users).values(newUser());
    await database.close();
  });

  it('is migrated by an owner who may create no roles, when they are there', async () => {
    await query(server.ownerUrl, `create role plain login createdb password 'plain'`);
    const url = new URL(server.ownerUrl);
    Object.assign(url, { username: 'plain', password: 'plain' });
    const { ownerUrl } = await createScratchDatabase(url.href);
    await migrateDatabase(ownerUrl, {});
    const database = openDatabase(roleUrl(ownerUrl, 'db_processor', passwords.db_processor));
    await database.ping();
    await database.close();
  });

  it('speaks TLS as sslmode says, and is trusted by its certificate only', async () => {
    const [key, certificate] = [path.join(server.directory, 'key.pem'), path.join(server.directory, 'certificate.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '1'];
    await run('openssl', ['req', '-x509', '-nodes', ...curve, ...subject, '-keyout', key, '-out', certificate]);
    const { account } = server;
    if (account !== undefined) await chown(key, account.uid, account.gid);
    await chmod(key, 0o600);
    if (account !== undefined) await chown(certificate, account.uid, account.gid);
    for (const [name, value] of Object.entries({ ssl_key_file: key, ssl_cert_file: certificate, ssl: 'on' })) {
      await query(server.ownerUrl, `alter system set ${name} = '${value}'`);
    }
    await query(server.ownerUrl, 'select pg_reload_conf()');

    const url = new URL(server.ownerUrl);
    url.hostname = 'localhost';
    const isEncrypted = async (parameters: string) => {
      const database = openDatabase(`${url.href}?${parameters}`);
      try {
        const { rows } = await database.db.execute<{ ssl: boolean }>(
          'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
        );
        return rows[0]?.ssl;
      } finally {
        await database.close();
      }
    };
    await msUntil(async () => assert.equal(await isEncrypted(`sslmode=verify-full&sslrootcert=${certificate}`), true));
    assert.equal(await isEncrypted('sslmode=no-verify'), true);
    assert.equal(await isEncrypted('sslmode=disable'), false);
    await assert.rejects(isEncrypted('sslmode=verify-full'), (error: Error) =>
      /self-signed certificate/.test(inspect(error)),
    );
    url.hostname = '127.0.0.1';
    await assert.rejects(isEncrypted(`sslmode=verify-full&sslrootcert=${certificate}`), 'another name');
  });
});
