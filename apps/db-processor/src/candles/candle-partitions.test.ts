import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCandleReader, type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { publish } from '@repo/kafka';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger } from '@repo/service';
import type { CandleInterval } from '@repo/trading-core';
import { sql } from 'drizzle-orm';
import { startTestProcessor } from '../testing/start-test-processor.ts';
import { until } from '../testing/until.ts';
import { keepCandlePartitions } from './keep-candle-partitions.ts';
import { storeUpdates } from './store-updates.ts';

const DAY_MS = 86_400_000;
const FOR_EVER = 36_500;
const logger = createLogger({ level: 'silent' });

let assets = 0;
const newAsset = () => `P${++assets}_USDC`;
let sequence = 0;

const update = (asset: string, timestamp: number, price = 100): PriceUpdate => ({
  id: randomUUID(),
  at: timestamp,
  asset,
  price,
  timestamp,
  bid: String(price - 1),
  ask: String(price + 1),
  status: 'live',
  source: 'simulated',
  sequence: ++sequence,
});

const monthName = (at: number) => `candles_1m_${new Date(at).toISOString().slice(0, 7).replace('-', '_')}`;
/** The middle of the month that was so many months ago. */
const middleOfMonth = (monthsAgo: number): number => {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsAgo, 15, 12);
};

describe('partitions of candles', () => {
  let store: TestDatabase;
  let database: DatabaseHandle;
  let owner: DatabaseHandle;
  before(async () => {
    store = await startTestDatabase();
    database = openDatabase(store.url('db_processor'));
    owner = openDatabase(store.ownerUrl);
  });
  after(async () => {
    await owner.close();
    await database.close();
    await store.close();
  });

  const partitions = async (): Promise<string[]> => {
    const { rows } = await owner.db.execute<{ name: string }>(
      `select relid::text as name from pg_partition_tree('candles_1m') where isleaf order by 1`,
    );
    return rows.map(({ name }) => name);
  };
  const rowsOf = async (table: string, asset: string): Promise<number | undefined> => {
    const { rows } = await owner.db.execute<{ count: number }>(
      sql`select count(*)::int as count from ${sql.identifier(table)} where asset = ${asset}`,
    );
    return rows[0]?.count;
  };
  const find = (asset: string, interval: Exclude<CandleInterval, '1s'>) =>
    createCandleReader(database).findCandles({ asset, interval, limit: 1_000 });

  it('are there for this month and the next two, and a candle of any other month is stored all the same', async () => {
    const ahead = [0, -1, -2].map((ago) => monthName(middleOfMonth(ago)));
    assert.deepEqual(await partitions(), [...ahead, 'candles_1m_other'].sort());
    const asset = newAsset();
    await storeUpdates(database.db, [update(asset, middleOfMonth(3)), update(asset, Date.now())]);
    assert.equal((await find(asset, '1m')).length, 2);
    assert.equal(await rowsOf('candles_1m_other', asset), 1);
    assert.equal(await rowsOf(ahead[0] as string, asset), 1);
    await storeUpdates(database.db, [update(asset, middleOfMonth(3) + 1_000, 200)]);
    assert.deepEqual(
      (await find(asset, '1m')).map(({ ticks }) => ticks),
      [2, 1],
    );
  });

  it('are made for the candles that had to wait for one, which move into them', async () => {
    const asset = newAsset();
    const [early, late] = [middleOfMonth(5), middleOfMonth(-7)];
    await storeUpdates(database.db, [update(asset, early), update(asset, late)]);
    const stored = await find(asset, '1m');
    await keepCandlePartitions(database.db, FOR_EVER, logger);
    assert.equal(await rowsOf(monthName(early), asset), 1);
    assert.equal(await rowsOf('candles_1m_other', asset), 1, 'a month to come is made when it comes');
    assert.deepEqual(await find(asset, '1m'), stored);
    const made = await partitions();
    await keepCandlePartitions(database.db, FOR_EVER, logger);
    assert.deepEqual(await partitions(), made);
  });

  it('are dropped when their month was over so long ago, and longer intervals stay', async () => {
    const asset = newAsset();
    const times = [14, 13, 12, 1, 0].map((ago) => (ago === 0 ? Date.now() : middleOfMonth(ago)));
    await storeUpdates(
      database.db,
      times.map((at) => update(asset, at)),
    );
    await keepCandlePartitions(database.db, FOR_EVER, logger);
    const longer = await Promise.all((['5m', '1h', '1d', '1w'] as const).map((interval) => find(asset, interval)));
    const all = await partitions();

    // The month of 13 months ago was over 12 months and some days ago.
    const endOf13 = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 12, 1);
    const days = Math.floor((Date.now() - endOf13) / DAY_MS);
    await keepCandlePartitions(database.db, days + 1, logger);
    const gone = all.filter((name) => name <= monthName(times[0] as number));
    assert.deepEqual(
      await partitions(),
      all.filter((name) => !gone.includes(name)),
    );
    await keepCandlePartitions(database.db, days, logger);
    assert.deepEqual(
      (await find(asset, '1m')).map(({ openTime }) => openTime),
      times.slice(2).map((at) => at - (at % 60_000)),
    );
    assert.deepEqual(
      await Promise.all((['5m', '1h', '1d', '1w'] as const).map((interval) => find(asset, interval))),
      longer,
    );
  });

  it('are counted from the newest candle, so that a clock that is wrong by years drops nothing', async () => {
    const asset = newAsset();
    await storeUpdates(
      database.db,
      [0, 1, 2, 3, 4].map((ago) => update(asset, middleOfMonth(ago) - 14 * DAY_MS)),
    );
    await keepCandlePartitions(database.db, FOR_EVER, logger);
    const before = await partitions();
    const undone = new Error('undone');
    await assert.rejects(
      owner.db.transaction(async (transaction) => {
        // As if the server's clock had run ahead of the last quote.
        await transaction.execute(
          sql`delete from candles where interval = '1m' and open_time >= ${new Date(middleOfMonth(2) - 14.5 * DAY_MS)}`,
        );
        const { rows } = await transaction.execute<{ name: string }>('select drop_candle_partitions(31) as name');
        const expected = before.filter((name) => name < monthName(middleOfMonth(4)));
        assert.deepEqual(
          rows.map(({ name }) => name),
          expected,
        );
        throw undone;
      }),
      undone,
    );
  });

  it('may be made and dropped by the db-processor in this way and in no other', async () => {
    const refused = (text: string) =>
      assert.rejects(database.db.execute(text), (error: Error) =>
        /permission denied|must be owner/.test(String(error.cause)),
      );
    await refused(`drop table ${monthName(Date.now())}`);
    await refused(`delete from candles`);
    await refused(`select * from ${monthName(Date.now())}`);
    await refused(`select make_candle_month(now())`);
    await refused(`create table mine (id int)`);
    await assert.rejects(database.db.execute('select drop_candle_partitions(30)'), (error: Error) =>
      /kept for 31 days/.test(String(error.cause)),
    );
    const reader = openDatabase(store.url('api_server'));
    await assert.rejects(reader.db.execute('select drop_candle_partitions(31)'), (error: Error) =>
      /permission denied/.test(String(error.cause)),
    );
    await reader.close();
  });

  it('come and go under writers and readers, and nothing is lost', async () => {
    const asset = newAsset();
    const begin = middleOfMonth(4);
    let written = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await storeUpdates(database.db, [update(asset, begin + written * 60_000), update(asset, Date.now())]);
        written += 1;
      }
    })();
    const reading = (async () => {
      let seen = 0;
      while (!isOver) {
        const { length } = await find(asset, '1m');
        assert.ok(length >= Math.min(seen, 1_000), `${length} after ${seen}`);
        seen = length;
      }
    })();
    // Two housekeepers at once, and the month taken away from under the writer again.
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([1, 2].map(() => keepCandlePartitions(database.db, FOR_EVER, logger)));
      await sleep(20);
      await owner.db.execute(`do $$ begin alter table candles_1m detach partition ${monthName(begin)};
        insert into candles select * from ${monthName(begin)}; drop table ${monthName(begin)}; end $$`);
      await sleep(20);
    }
    isOver = true;
    await Promise.all([writing, reading]);
    const { rows } = await owner.db.execute(
      sql`select sum(ticks)::int as ticks from candles where asset = ${asset} and interval = '1m'`,
    );
    assert.deepEqual(rows, [{ ticks: written * 2 }]);
    const weeks = await find(asset, '1w');
    assert.equal(
      weeks.reduce((sum, { ticks }) => sum + ticks, 0),
      written * 2,
    );
  });

  it('are given up for a reader who does not end, and are kept the next time', async () => {
    const asset = newAsset();
    await storeUpdates(database.db, [update(asset, middleOfMonth(30))]);
    const reader = openDatabase(store.url('api_server'));
    await reader.db.transaction(async (transaction) => {
      await transaction.execute('select count(*) from candles');
      await assert.rejects(keepCandlePartitions(database.db, 400, logger), (error: Error) =>
        /lock timeout/.test(String(error.cause)),
      );
    });
    await reader.close();
    await keepCandlePartitions(database.db, 400, logger);
    assert.deepEqual(await find(asset, '1m'), []);
    assert.equal((await find(asset, '1d')).length, 1);
  });

  it('are pruned: a query reads those of its interval and time alone', async () => {
    const plan = async (text: string): Promise<string> => {
      const { rows } = await owner.db.execute(`explain (costs off) ${text}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const ofMonth = await plan(`select * from candles where asset = 'A' and interval = '1m'
      and open_time >= date_trunc('month', now(), 'UTC') and open_time < now() order by open_time desc limit 10`);
    const scanned = (text: string) => [...text.matchAll(/ on (candles_\S+)/g)].map(([, name]) => name);
    assert.ok(!scanned(ofMonth).includes('candles_longer'));
    const longer = await plan(
      `select * from candles where asset = 'A' and interval = '1h' order by open_time desc limit 10`,
    );
    assert.deepEqual(scanned(longer), ['candles_longer']);
    const from = new Date(middleOfMonth(0));
    const range = `open_time >= '${from.toISOString()}' and open_time < '${new Date(from.getTime() + DAY_MS).toISOString()}'`;
    const day = await plan(`select * from candles where asset = 'A' and interval = '1m' and ${range}`);
    assert.deepEqual(scanned(day), [monthName(from.getTime())]);
    assert.match(day, /Index Scan|Bitmap/);
  });

  it('are looked after by the service, which leaves out what is older than they are', async (test) => {
    const asset = newAsset();
    const at = Date.now() - 101 * DAY_MS;
    await storeUpdates(database.db, [update(asset, at - 60_000)]);
    const hour = await find(asset, '1h');
    const processor = await startTestProcessor(store, { CANDLE_1M_DAYS: '100' });
    test.after(() => processor.stop());
    await publish(processor.kafka, 'price-updates', asset, update(asset, at, 500));
    await publish(processor.kafka, 'price-updates', asset, update(asset, Date.now()));
    await until(async () => (await find(asset, '1m')).length > 0 && (await find(asset, '1h')).length === 2);
    assert.deepEqual((await find(asset, '1h')).slice(0, 1), hour);
    assert.equal(await processor.metric('cfd_db_processor_candle_updates_total', { outcome: 'outdated' }), 1);
    await until(async () => (await partitions()).every((name) => name >= monthName(Date.now() - 131 * DAY_MS)));
  });
});
