import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { migrationsFolder } from './migrate-database.ts';
import { createScratchDatabase, type ScratchDatabase, startTestDatabase, type TestDatabase } from './testing.ts';

const PARTITIONED = '0005_candle-partitions';

describe('the migration to partitions of candles', () => {
  let store: TestDatabase;
  let scratch: ScratchDatabase;
  let client: Client;
  let earlier: string;
  before(async () => {
    store = await startTestDatabase();
    scratch = await createScratchDatabase(store.ownerUrl);
    client = new Client({ connectionString: scratch.ownerUrl });
    await client.connect();
    earlier = await mkdtemp(path.join(tmpdir(), 'cfd-migrations-'));
  });
  after(async () => {
    await client.end();
    await scratch.drop();
    await store.close();
    await rm(earlier, { recursive: true });
  });

  async function migrationsBefore(tag: string): Promise<string> {
    await cp(migrationsFolder, earlier, { recursive: true });
    const file = path.join(earlier, 'meta/_journal.json');
    const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: { tag: string }[] };
    const index = journal.entries.findIndex((entry) => entry.tag === tag);
    assert.ok(index > 0);
    await writeFile(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, index) }));
    return earlier;
  }

  it('keeps every candle, each in its place, and the rights of the roles', async () => {
    await migrate(drizzle(client), { migrationsFolder: await migrationsBefore(PARTITIONED) });
    // Minutes of some years, of now, and of a clock that ran ahead; and all the longer ones.
    await client.query(`insert into candles
      select asset, interval, time, 1, 2, 0.5, 1.5, 0.1, extract(epoch from time)::bigint % 1000
      from (values ('SOL_USDC'), ('BTC_USDC')) a (asset),
        (values ('1m'), ('5m'), ('15m'), ('30m'), ('1h'), ('4h'), ('1d'), ('1w')) i (interval),
        (select generate_series('2023-01-31 23:59Z', now(), interval '37 hours') union all
         values ('2023-02-01 00:00Z'::timestamptz), ('2999-01-01Z')) t (time)`);
    const all = async () => (await client.query('select * from candles order by asset, interval, open_time')).rows;
    const stored = await all();
    await migrate(drizzle(client), { migrationsFolder });
    assert.ok(stored.length > 10_000);
    assert.deepEqual(await all(), stored);

    const { rows: partitions } = await client.query<{ name: string; rows: number; bound: string }>(`
      select tableoid::regclass::text as name, count(*)::int as rows from candles group by 1 order by 1`);
    const count = new Map(partitions.map(({ name, rows }) => [name, rows]));
    assert.equal(count.get('candles_1m_2023_01'), 2);
    assert.ok((count.get('candles_1m_2023_02') ?? 0) > 2);
    assert.equal(count.get('candles_1m_other'), 2);
    assert.equal(count.get('candles_longer'), (stored.length / 8) * 7);
    const { rows: rights } =
      await client.query(`select role, bool_and(has_table_privilege(role, 'candles', may)) as may,
        bool_or(has_table_privilege(role, 'candles', 'delete')) as may_delete
      from (values ('db_processor', 'select, insert, update'), ('api_server', 'select')) as of_role (role, rights),
        unnest(string_to_array(rights, ', ')) as may group by role order by role`);
    assert.deepEqual(rights, [
      { role: 'api_server', may: true, may_delete: false },
      { role: 'db_processor', may: true, may_delete: false },
    ]);
  });
});
