import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { eq } from 'drizzle-orm';
import { Client } from 'pg';
import { createApiKeyReader } from './api-key-reader.ts';
import { createCandleReader } from './candle-reader.ts';
import { isDatabaseUnavailable } from './database-unavailable.ts';
import { leaseCases } from './lease/lease-cases.ts';
import { migrateDatabase } from './migrate-database.ts';
import { openDatabase } from './open-database.ts';
import { type DatabaseHandle, type DatabaseRole, DatabaseUnavailableError } from './port.ts';
import { roleUrl } from './role-url.ts';
import { createSessionReader } from './session-reader.ts';
import { apiKeys, candles, sessions, users } from './tables.ts';

/** An empty database for the suite alone, on PostgreSQL 15 or later. */
export interface ContractDatabase {
  readonly ownerUrl: string;
  /** Where the suite may stop the server: as a crash would, and start it again under the same URL. */
  readonly server?: { stop(): Promise<void>; start(): Promise<void> };
  close(): Promise<void>;
}

const passwords: Record<DatabaseRole, string> = {
  db_processor: 'p'.repeat(32),
  api_server: 'a'.repeat(32),
  poller: 'l'.repeat(32),
  trading_engine: 'e'.repeat(32),
};
const hour = 3_600_000;

/** What the programs rely on of a database, whoever runs its server. */
export function testDatabaseContract(name: string, open: () => Promise<ContractDatabase>): void {
  describe(`database contract: ${name}`, () => {
    let database: ContractDatabase;
    let processor: DatabaseHandle;
    let reader: DatabaseHandle;

    before(async () => {
      database = await open();
      await Promise.all([1, 2, 3].map(() => migrateDatabase(database.ownerUrl, passwords)));
      processor = openDatabase(roleUrl(database.ownerUrl, 'db_processor', passwords.db_processor));
      reader = openDatabase(roleUrl(database.ownerUrl, 'api_server', passwords.api_server));
    });
    after(async () => {
      await Promise.all([processor.close(), reader.close()]);
      await database.close();
    });

    async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    }
    const as = (role: DatabaseRole, text: string) => query(roleUrl(database.ownerUrl, role, passwords[role]), text);

    it('tells who has its connections', async () => {
      const own = openDatabase(roleUrl(database.ownerUrl, 'api_server', passwords.api_server), { poolMax: 2 });
      assert.deepEqual(own.pool(), { used: 0, idle: 0, waiting: 0, max: 2 });
      const queries = Promise.all([1, 2, 3].map(() => own.db.execute('select pg_sleep(0.3)')));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(own.pool(), { used: 2, idle: 0, waiting: 1, max: 2 });
      await queries;
      assert.deepEqual(own.pool(), { used: 0, idle: 2, waiting: 0, max: 2 });
      await own.close();
    });

    async function insertSession(times: { idleMs: number; absoluteMs: number; ended?: boolean }) {
      const user = { id: randomUUID(), email: `${randomUUID()}@example.com`, passwordHash: 'x' };
      const session = {
        id: randomUUID(),
        userId: user.id,
        idleExpiresAt: new Date(Date.now() + times.idleMs),
        absoluteExpiresAt: new Date(Date.now() + times.absoluteMs),
        device: 'Firefox',
        addressBlock: '192.0.2.1',
        ...(times.ended ? { endedAt: new Date(), endReason: 'signed-out' as const } : {}),
      };
      await processor.db.insert(users).values(user);
      await processor.db.insert(sessions).values(session);
      return { user, session };
    }

    it('migrates once, however often and by however many it is asked', async () => {
      await migrateDatabase(database.ownerUrl, passwords);
      const rows = await query(database.ownerUrl, 'select hash from drizzle.__drizzle_migrations');
      assert.equal(new Set(rows.map((row) => row.hash)).size, rows.length);
      assert.ok(rows.length > 0);
    });

    it('gives a role its new password', async () => {
      await migrateDatabase(database.ownerUrl, { ...passwords, api_server: 'b'.repeat(32) });
      await assert.rejects(as('api_server', 'select 1'), { code: '28P01' });
      await migrateDatabase(database.ownerUrl, passwords);
      await as('api_server', 'select 1');
    });

    const forbidden: Readonly<Record<DatabaseRole, readonly string[]>> = {
      api_server: [
        'update accounts set balance = 1',
        'delete from orders',
        "insert into ledger_entries values (0, 1, 1, 'x', 1)",
        'select password_hash from users',
        'select * from users',
        "insert into candle_progress values ('X', 1)",
        'update sessions set ended_at = now()',
        'delete from sessions',
        'update api_keys set revoked_at = null',
        'delete from api_keys',
        'select * from processed_requests',
        'select * from audit_events',
        'create table mine (id int)',
        'create temporary table mine (id int)',
        'create role mine',
        'select * from drizzle.__drizzle_migrations',
      ],
      db_processor: [
        'delete from users',
        "update api_keys set public_key = 'x'",
        "update api_keys set scopes = '{read,trade}'",
        'update audit_events set kind = kind',
        'delete from audit_events',
        'truncate audit_events',
        'delete from candles',
        'alter table users disable trigger all',
        'drop table users',
        'create table mine (id int)',
        'create role mine',
        'select * from leases',
      ],
      trading_engine: [
        'select email from users',
        'select * from sessions',
        'select * from api_keys',
        'insert into shards (shard) values (99)',
        "update trade_events set type = 'x'",
        'delete from trade_events',
        'delete from ledger_entries',
        'update ledger_entries set amount = 1',
        'update ledger_transactions set cause = cause',
        'delete from fills',
        'delete from orders',
        'delete from positions',
        'delete from accounts',
        'truncate orders',
        'create table mine (id int)',
        'create role mine',
      ],
      poller: [
        'select id from users',
        'select * from sessions',
        'select * from api_keys',
        'select * from candles',
        'delete from leases',
        'create table mine (id int)',
        'create role mine',
      ],
    };
    for (const [role, statements] of Object.entries(forbidden)) {
      for (const statement of statements) {
        it(`refuses ${role}: ${statement}`, async () => {
          await assert.rejects(as(role as DatabaseRole, statement), { code: '42501' });
        });
      }
    }

    it('refuses a change of the audit table to its owner too', async () => {
      for (const statement of [
        "update audit_events set kind = 'x'",
        'delete from audit_events',
        'truncate audit_events',
      ]) {
        await assert.rejects(query(database.ownerUrl, statement), { code: '42501' });
      }
    });

    it('keeps one user an address, in canonical form', async () => {
      const { user } = await insertSession({ idleMs: hour, absoluteMs: hour });
      const twin = { ...user, id: randomUUID() };
      await assert.rejects(processor.db.insert(users).values(twin), (error: Error) => {
        assert.equal((error.cause as { code?: string }).code, '23505');
        assert.equal(isDatabaseUnavailable(error), false);
        return true;
      });
      for (const email of ['Ada@example.com', ' ada@example.com']) {
        await assert.rejects(processor.db.insert(users).values({ ...twin, email }));
      }
    });

    it('reads an active session', async () => {
      const { user, session } = await insertSession({ idleMs: hour, absoluteMs: 2 * hour });
      const found = await createSessionReader(reader).findActiveSession(session.id);
      assert.equal(found?.sessionId, session.id);
      assert.equal(found.user.userId, user.id);
      assert.equal(found.user.email, user.email);
      assert.ok(Math.abs(found.user.createdAt - Date.now()) < hour);
      assert.equal(found.generation, 0);
      assert.equal(found.idleExpiresAt, session.idleExpiresAt.getTime());
      assert.equal(found.absoluteExpiresAt, session.absoluteExpiresAt.getTime());
    });

    for (const [why, times] of Object.entries({
      'was idle too long': { idleMs: -1_000, absoluteMs: hour },
      'is too old': { idleMs: hour, absoluteMs: -1_000 },
      'was ended': { idleMs: hour, absoluteMs: hour, ended: true },
    })) {
      it(`does not read a session that ${why}`, async () => {
        const { session } = await insertSession(times);
        assert.equal(await createSessionReader(reader).findActiveSession(session.id), undefined);
      });
    }

    it('does not read a session that never was', async () => {
      assert.equal(await createSessionReader(reader).findActiveSession(randomUUID()), undefined);
    });

    async function insertKey(columns: Partial<typeof apiKeys.$inferInsert> = {}) {
      const { user } = await insertSession({ idleMs: hour, absoluteMs: hour });
      const key = { id: randomUUID(), userId: user.id, name: 'bot', scopes: ['read' as const], publicKey: 'x' };
      await processor.db.insert(apiKeys).values({ ...key, ...columns });
      return { user, key: { ...key, ...columns } };
    }

    it('reads an active API key with its owner', async () => {
      const { user, key } = await insertKey({ scopes: ['trade', 'read'], expiresAt: new Date(Date.now() + hour) });
      const found = await createApiKeyReader(reader).findActive(key.id);
      assert.deepEqual(found, {
        id: key.id,
        scopes: ['trade', 'read'],
        publicKey: 'x',
        user: { userId: user.id, email: user.email, createdAt: found?.user.createdAt },
      });
      assert.ok(Math.abs(found.user.createdAt - Date.now()) < hour);
      assert.equal((await createApiKeyReader(reader).findActive((await insertKey()).key.id))?.publicKey, 'x');
    });

    for (const [why, columns] of Object.entries({
      'has expired': { expiresAt: new Date(Date.now() - 1_000) },
      'was revoked': { revokedAt: new Date() },
    })) {
      it(`does not read an API key that ${why}`, async () => {
        const { key } = await insertKey(columns);
        assert.equal(await createApiKeyReader(reader).findActive(key.id), undefined);
      });
    }

    it('does not read an API key that never was', async () => {
      assert.equal(await createApiKeyReader(reader).findActive(randomUUID()), undefined);
    });

    it('lists the API keys of one user that are not revoked, newest first', async () => {
      const expiresAt = new Date(Date.now() - 1_000);
      const { user, key } = await insertKey({ createdAt: new Date(1_000), expiresAt });
      const { key: newer } = await insertKey({ userId: user.id, createdAt: new Date(2_000), name: 'another' });
      await insertKey({ userId: user.id, revokedAt: new Date() });
      await insertKey();
      const { scopes, publicKey } = key;
      assert.deepEqual(await createApiKeyReader(reader).list(user.id), [
        { id: newer.id, name: 'another', scopes, publicKey, createdAt: 2_000 },
        { id: key.id, name: 'bot', scopes, publicKey, createdAt: 1_000, expiresAt: expiresAt.getTime() },
      ]);
    });

    it('keeps no API key without a scope, or with one that there is not', async () => {
      await assert.rejects(insertKey({ scopes: [] }));
      await assert.rejects(insertKey({ scopes: ['read', 'rule' as 'trade'] }));
    });

    it('reads the newest candles of a range, oldest first', async () => {
      const start = Date.UTC(2024, 7, 8);
      const price = { open: 1.5, high: 2.5, low: 0.1, close: 195.825, spread: 0.01, ticks: 3_000_000_000 };
      const row = { ...price, asset: 'SOL_USDC', interval: '1m' } as const;
      await processor.db
        .insert(candles)
        .values([
          ...Array.from({ length: 10 }, (_, minute) => ({ ...row, openTime: new Date(start + minute * 60_000) })),
          { ...row, interval: '5m', openTime: new Date(start) },
          { ...row, asset: 'BTC_USDC', openTime: new Date(start) },
        ]);
      const find = async (range: { from?: number; to?: number; limit: number }) =>
        (await createCandleReader(reader).findCandles({ asset: 'SOL_USDC', interval: '1m', ...range })).map(
          ({ openTime }) => (openTime - start) / 60_000,
        );
      assert.deepEqual(await find({ limit: 3 }), [7, 8, 9]);
      assert.deepEqual(await find({ from: start + 60_000, to: start + 240_000, limit: 100 }), [1, 2, 3]);
      assert.deepEqual(await find({ to: start + 240_000, limit: 2 }), [2, 3]);
      assert.deepEqual(await find({ from: start + 10 * 60_000, limit: 2 }), []);
      const [first] = await createCandleReader(reader).findCandles({ asset: 'BTC_USDC', interval: '1m', limit: 1 });
      assert.deepEqual(first, { openTime: start, ...price });
    });

    it('rolls a failed transaction back and goes on', async () => {
      const { user } = await insertSession({ idleMs: hour, absoluteMs: hour });
      await assert.rejects(
        processor.db.transaction(async (transaction) => {
          await transaction.update(users).set({ passwordHash: 'changed' }).where(eq(users.id, user.id));
          throw new Error('changed my mind');
        }),
        { message: 'changed my mind' },
      );
      const rows = await processor.db.select().from(users).where(eq(users.id, user.id));
      assert.equal(rows[0]?.passwordHash, 'x');
    });

    describe('Lease', () =>
      leaseCases(() => ({ url: roleUrl(database.ownerUrl, 'poller', passwords.poller), server: database.server })));

    it('says that a server nobody runs is away', async () => {
      const nobody = openDatabase('postgres://api_server:x@127.0.0.1:1/nothing');
      await assert.rejects(nobody.ping(), DatabaseUnavailableError);
      await assert.rejects(createSessionReader(nobody).findActiveSession(randomUUID()), DatabaseUnavailableError);
      await assert.rejects(createApiKeyReader(nobody).findActive(randomUUID()), DatabaseUnavailableError);
      await nobody.close();
      await nobody.close();
    });

    it('survives one broken connection', async () => {
      const one = openDatabase(roleUrl(database.ownerUrl, 'db_processor', passwords.db_processor), { poolMax: 1 });
      const broken = one.db.transaction(async (transaction) => {
        const { rows } = await transaction.execute<{ pid: number }>('select pg_backend_pid() as pid');
        await as('db_processor', `select pg_terminate_backend(${rows[0]?.pid})`);
        await transaction.execute('select 1');
      });
      await assert.rejects(broken, isDatabaseUnavailable);
      await one.ping();
      await one.close();
    });

    it('says that a crashed server is away and finds it again by itself', async (test) => {
      const { server } = database;
      if (server === undefined) return test.diagnostic('this server is not the suite’s to stop');
      // One connection: if a failure lost it, nothing would work afterwards.
      const one = openDatabase(roleUrl(database.ownerUrl, 'db_processor', passwords.db_processor), { poolMax: 1 });
      await one.ping();
      await server.stop();
      await assert.rejects(
        one.db.transaction((transaction) => transaction.execute('select 1')),
        isDatabaseUnavailable,
      );
      for (let call = 0; call < 3; call += 1) await assert.rejects(one.ping(), DatabaseUnavailableError);
      await assert.rejects(createCandleReader(one).findCandles({ asset: 'SOL_USDC', interval: '1m', limit: 1 }), {
        name: 'DatabaseUnavailableError',
      });
      await server.start();
      await one.ping();
      await one.db.transaction((transaction) => transaction.execute('select 1'));
      await one.close();
    });
  });
}
