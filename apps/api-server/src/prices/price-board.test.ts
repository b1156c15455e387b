import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createEmbeddedKafka, ensureTopics, type Kafka, publish } from '@repo/kafka';
import { createEmbeddedRedis, type Redis } from '@repo/redis';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { defaultInstruments } from '@repo/trading-core';
import { testUpdate } from '../websocket/testing/start-test-hub.ts';
import { createPriceBoard, type PriceBoard, type PriceBoardOptions } from './price-board.ts';

describe('the price board', () => {
  let kafka: Kafka;
  let redis: Redis;
  let board: PriceBoard | undefined;
  let seen: PriceUpdate[];

  async function start(options: Partial<PriceBoardOptions> = {}): Promise<PriceBoard> {
    const logger = createLogger({ level: 'silent' });
    board = await createPriceBoard({ kafka, prices: redis.prices, logger, metrics: createMetrics(), ...options });
    board.onUpdate((update) => seen.push(update));
    return board;
  }

  /** Publishes; resolves when an update published after them has arrived, so that they have too. */
  async function send(...updates: PriceUpdate[]): Promise<void> {
    for (const update of updates) await publish(kafka, 'price-updates', update.asset, update);
    await settled(updates[0]?.asset ?? 'SOL_USDC');
  }

  async function settled(asset: string): Promise<void> {
    const last = testUpdate(asset, Number.MAX_SAFE_INTEGER);
    const arrived = new Promise<void>((resolve) => {
      const stop = board?.onUpdate(({ id }) => {
        if (id !== last.id) return;
        stop?.();
        resolve();
      });
    });
    await publish(kafka, 'price-updates', asset, last);
    await arrived;
    seen = seen.filter(({ id }) => id !== last.id);
  }

  beforeEach(async () => {
    kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
    redis = createEmbeddedRedis();
    seen = [];
  });
  afterEach(async () => {
    await board?.close();
    await kafka.close();
    await redis.close();
  });

  it('starts from the cache, in the order of the instruments', async () => {
    const { id: _id, at: _at, ...eth } = testUpdate('ETH_USDC', 7, { price: 2600 });
    const { id: _id2, at: _at2, ...sol } = testUpdate('SOL_USDC', 3, { price: 195 });
    await redis.prices.put(eth);
    await redis.prices.put(sol);
    const started = await start();
    assert.deepEqual(started.latest(), [
      { ...sol, startPrice: 195 },
      { ...eth, startPrice: 2600 },
    ]);
    assert.equal(started.get('BTC_USDC'), undefined);
    assert.deepEqual(seen, []);
  });

  it('starts without the cache when that is away', async () => {
    await redis.close();
    const started = await start();
    await send(testUpdate('SOL_USDC', 1));
    assert.equal(started.latest().length, 1);
  });

  it('keeps the newest and remembers the first price', async () => {
    const started = await start();
    const [first, second] = [testUpdate('SOL_USDC', 5, { price: 1 }), testUpdate('SOL_USDC', 6, { price: 2 })];
    await publish(kafka, 'price-updates', 'SOL_USDC', first);
    await publish(kafka, 'price-updates', 'SOL_USDC', second);
    await settled('BTC_USDC');
    // BTC may be of another partition, so that its arrival says nothing of SOL's.
    while (seen.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(started.get('SOL_USDC')?.price, 2);
    assert.equal(started.get('SOL_USDC')?.startPrice, 1);
    assert.deepEqual(seen, [first, second]);
  });

  it('shows how long ago each price arrived, and how far it is behind', async () => {
    const metrics = createMetrics();
    await start({ metrics });
    await send(testUpdate('SOL_USDC', 5));
    await new Promise((resolve) => setTimeout(resolve, 60));
    await send(testUpdate('ETH_USDC', 5));
    const text = await metrics.metrics();
    const age = (asset: string) =>
      Number(new RegExp(`^cfd_api_server_price_age_seconds\\{asset="${asset}"\\} (\\S+)$`, 'm').exec(text)?.[1]);
    assert.ok(age('SOL_USDC') >= 0.05 && age('SOL_USDC') < 5, text);
    assert.ok(age('ETH_USDC') < age('SOL_USDC'), text);
    const lags = text.matchAll(
      /^cfd_api_server_consumer_lag_records\{group="broadcast",topic="price-updates",partition="\d"\} (\d+)$/gm,
    );
    assert.deepEqual(
      [...lags].map(([, lag]) => lag),
      ['0', '0', '0', '0', '0', '0'],
    );
  });

  it('ignores what is not newer, unknown or not understood', async () => {
    await start();
    const taken = testUpdate('SOL_USDC', 5);
    await publish(kafka, 'price-updates', 'SOL_USDC', taken);
    await kafka.send('price-updates', [
      { key: 'SOL_USDC', value: '{"asset":"SOL_USDC","price":"NaN"}' },
      { key: 'SOL_USDC', value: JSON.stringify(testUpdate('XXX_USDC', 6)) },
      { key: 'SOL_USDC', value: JSON.stringify({ ...testUpdate('SOL_USDC', 6), price: -1 }) },
    ]);
    await send(testUpdate('SOL_USDC', 5), testUpdate('SOL_USDC', 4));
    assert.deepEqual(
      seen.map(({ id }) => id),
      [taken.id],
    );
  });

  it('marks a price nobody confirms any more, until somebody does', async () => {
    const instruments = defaultInstruments.map((instrument) => ({ ...instrument, staleAfterMs: 20, downAfterMs: 800 }));
    const started = await start({ instruments, pollerSilenceMs: 20 });
    const down = new Promise<void>((resolve) => {
      started.onUpdate(({ status }) => status === 'down' && resolve());
    });
    await publish(kafka, 'price-updates', 'SOL_USDC', testUpdate('SOL_USDC', 1));
    await down;
    assert.deepEqual(
      seen.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]),
      ['live', 'stale', 'down'],
    );
    const revived = new Promise<void>((resolve) => {
      started.onUpdate(({ status }) => status === 'live' && resolve());
    });
    await publish(kafka, 'price-updates', 'SOL_USDC', testUpdate('SOL_USDC', 2));
    await revived;
    assert.equal(started.get('SOL_USDC')?.sequence, 2);
  });
});
