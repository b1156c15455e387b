import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type CandleQuery, candles, createCandleReader, type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { publish } from '@repo/kafka';
import type { PriceUpdate } from '@repo/schemas';
import { type Candle, candleIntervalMs } from '@repo/trading-core';
import fc from 'fast-check';
import { startTestProcessor } from '../testing/start-test-processor.ts';
import { until } from '../testing/until.ts';
import { storeUpdates } from './store-updates.ts';

const intervals = ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'] as const;
const monday = Date.UTC(2026, 0, 5);

let assets = 0;
/** A symbol that no other test has. */
const newAsset = () => `T${++assets}_USDC`;

const update = (asset: string, sequence: number, timestamp: number, facts: Partial<PriceUpdate> = {}): PriceUpdate => ({
  id: randomUUID(),
  at: timestamp,
  asset,
  price: 100,
  timestamp,
  bid: '99.5',
  ask: '100.5',
  status: 'live',
  source: 'simulated',
  sequence,
  ...facts,
});

/** Candles straight from the ticks, each interval for itself, with the calendar instead of arithmetic. */
function expectedCandles(updates: readonly PriceUpdate[], interval: CandleQuery['interval']): readonly Candle[] {
  const ticks = updates.filter(({ status }) => status === 'live');
  const buckets = Map.groupBy(ticks, ({ timestamp }) => {
    if (interval !== '1w') return timestamp - (timestamp % candleIntervalMs[interval]);
    const day = new Date(timestamp);
    return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  });
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([openTime, own]) => ({
      openTime,
      open: own[0]?.price ?? 0,
      high: Math.max(...own.map(({ price }) => price)),
      low: Math.min(...own.map(({ price }) => price)),
      close: own.at(-1)?.price ?? 0,
      ticks: own.length,
      spread: Math.max(...own.map(({ bid, ask }) => Math.round((Number(ask) - Number(bid)) * 100) / 100)),
    }));
}

describe('stored candles', () => {
  let store: TestDatabase;
  let database: DatabaseHandle;
  let second: DatabaseHandle;

  before(async () => {
    store = await startTestDatabase();
    database = openDatabase(store.url('db_processor'));
    second = openDatabase(store.url('db_processor'));
  });
  after(async () => {
    await database.close();
    await second.close();
    await store.close();
  });

  const find = (asset: string, interval: CandleQuery['interval']) =>
    createCandleReader(database).findCandles({ asset, interval, limit: 1_000 });
  const assertStored = async (asset: string, updates: readonly PriceUpdate[]) => {
    for (const interval of intervals) {
      assert.deepEqual(await find(asset, interval), expectedCandles(updates, interval), interval);
    }
  };

  it('agree with a naive model, whatever comes twice and wherever a writer starts again', async () => {
    const quote = fc.record({
      // Mostly ticks of one minute, sometimes a gap over any boundary.
      gapMs: fc.oneof(
        { weight: 6, arbitrary: fc.nat(30_000) },
        { weight: 2, arbitrary: fc.nat(3_600_000) },
        { weight: 1, arbitrary: fc.nat(10 * 86_400_000) },
      ),
      gapSequence: fc.integer({ min: 1, max: 3 }),
      price: fc.integer({ min: 1, max: 1_000 }),
      halfSpread: fc.integer({ min: 0, max: 50 }),
      status: fc.constantFrom('live', 'live', 'live', 'stale', 'down'),
    });
    const run = fc.record({
      quotes: fc.array(quote, { minLength: 1, maxLength: 40 }),
      // Lengths of batches, and how many updates before each come again.
      batches: fc.array(fc.record({ size: fc.integer({ min: 1, max: 12 }), again: fc.nat(15) }), { minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ quotes, batches }) => {
        const asset = newAsset();
        let at = monday;
        let sequence = 0;
        const updates = quotes.map(({ gapMs, gapSequence, price, halfSpread, status }) => {
          at += gapMs;
          sequence += gapSequence;
          const [bid, ask] = [(price - halfSpread / 100).toFixed(2), (price + halfSpread / 100).toFixed(2)];
          return update(asset, sequence, at, { price, bid, ask, status });
        });
        let from = 0;
        for (let index = 0; from < updates.length; index += 1) {
          const { size, again } = batches[index % batches.length] as { size: number; again: number };
          const batch = updates.slice(Math.max(0, from - again), from + size);
          await storeUpdates((index % 2 === 0 ? database : second).db, batch);
          from += size;
        }
        await assertStored(asset, updates);
      }),
      { numRuns: 40 },
    );
  });

  it('count an update once that two writers have at once', async () => {
    const asset = newAsset();
    const updates = Array.from({ length: 50 }, (_, index) =>
      update(asset, index, monday + index * 1_000, { price: 50 + index }),
    );
    // The first comes alone, so that the race is not for the asset's first row.
    await storeUpdates(database.db, updates.slice(0, 1));
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, writer) => storeUpdates((writer % 2 === 0 ? database : second).db, updates)),
    );
    assert.equal(
      results.reduce((sum, { counted }) => sum + counted, 0),
      49,
    );
    await assertStored(asset, updates);
  });

  it('keep two assets of one batch apart', async () => {
    const [one, two] = [newAsset(), newAsset()];
    const updates = Array.from({ length: 20 }, (_, index) =>
      update(index % 2 === 0 ? one : two, index, monday + index * 20_000, { price: 10 + index }),
    );
    await storeUpdates(database.db, updates);
    for (const asset of [one, two]) {
      await assertStored(
        asset,
        updates.filter((each) => each.asset === asset),
      );
    }
  });

  it('begin a week on Monday, UTC', async () => {
    const asset = newAsset();
    await storeUpdates(database.db, [
      update(asset, 1, monday - 1, { price: 1 }),
      update(asset, 2, monday, { price: 2 }),
      update(asset, 3, monday + 7 * 86_400_000 - 1, { price: 3 }),
      update(asset, 4, monday + 7 * 86_400_000, { price: 4 }),
    ]);
    const weeks = await find(asset, '1w');
    assert.deepEqual(
      weeks.map(({ openTime, open, close }) => [new Date(openTime).toISOString(), open, close]),
      [
        ['2025-12-29T00:00:00.000Z', 1, 1],
        ['2026-01-05T00:00:00.000Z', 2, 3],
        ['2026-01-12T00:00:00.000Z', 4, 4],
      ],
    );
  });

  it('have a hole where the feed was not live', async () => {
    const asset = newAsset();
    await storeUpdates(database.db, [
      update(asset, 1, monday),
      update(asset, 2, monday + 60_000, { status: 'stale' }),
      update(asset, 3, monday + 120_000, { status: 'down' }),
      update(asset, 4, monday + 180_000),
    ]);
    const minutes = await find(asset, '1m');
    assert.deepEqual(
      minutes.map(({ openTime }) => openTime - monday),
      [0, 180_000],
    );
  });

  it('take a quote with an earlier time into its own minute', async () => {
    const asset = newAsset();
    await storeUpdates(database.db, [update(asset, 1, monday), update(asset, 2, monday + 60_000, { price: 2 })]);
    await storeUpdates(database.db, [update(asset, 3, monday + 59_999, { price: 3 })]);
    const minutes = await find(asset, '1m');
    assert.deepEqual(
      minutes.map(({ close, ticks }) => [close, ticks]),
      [
        [3, 2],
        [2, 1],
      ],
    );
    assert.equal((await find(asset, '5m'))[0]?.close, 2);
  });

  it('come from price-updates, survive a restart in mid-minute and count nothing twice', async (test) => {
    const asset = newAsset();
    const updates = Array.from({ length: 60 }, (_, index) =>
      update(asset, index + 1, monday + index * 2_500, { price: 100 + (index % 7) }),
    );
    const total = () => find(asset, '1w').then(([week]) => week?.ticks);
    const first = await startTestProcessor(store, { CANDLE_1M_DAYS: '36500' });
    test.after(() => first.stop());
    for (const one of updates.slice(0, 31)) await publish(first.kafka, 'price-updates', asset, one);
    await until(async () => (await total()) === 31);
    await first.stop();

    // A new message log knows no offsets: everything comes again.
    const again = await startTestProcessor(store, { CANDLE_1M_DAYS: '36500' });
    test.after(() => again.stop());
    await again.kafka.send(
      'price-updates',
      ['not JSON', ...updates.map((one) => JSON.stringify(one))].map((value) => ({ key: asset, value })),
    );
    await until(async () => (await total()) === 60);
    await assertStored(asset, updates);
    await until(async () => (await again.deadLetters('price-updates')).length === 1);
    assert.equal(await again.metric('cfd_db_processor_candle_updates_total', { outcome: 'repeated' }), 31);
  });

  it('change together or not at all', async () => {
    const [one, two] = [newAsset(), newAsset()].sort() as [string, string];
    await storeUpdates(database.db, [update(one, 1, monday)]);
    const before = await database.db.select().from(candles);
    // The second asset's turn comes after the first is written.
    await assert.rejects(storeUpdates(database.db, [update(one, 2, monday), update(two, 3, Number.NaN)]));
    assert.deepEqual(await database.db.select().from(candles), before);
    await storeUpdates(database.db, [update(one, 2, monday)]);
    assert.equal((await find(one, '1m'))[0]?.ticks, 2);
  });
});
