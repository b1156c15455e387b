import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type CandleReader, candles, createCandleReader, type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger } from '@repo/service';
import { type Candle, candleIntervalMs, candleOpenTime } from '@repo/trading-core';
import { testUpdate } from '../websocket/testing/start-test-hub.ts';
import { type CandleBoard, createCandleBoard } from './candle-board.ts';
import { longIntervals } from './candle-series.ts';
import type { PriceBoard } from './price-board.ts';

const SOL = 'SOL_USDC';
const HOUR_MS = candleIntervalMs['1h'];

describe('the candle board', () => {
  let database: TestDatabase;
  let owner: DatabaseHandle;
  let reader: DatabaseHandle;
  let tell: (update: PriceUpdate) => void;
  let candleBoard: CandleBoard;

  before(async () => {
    database = await startTestDatabase();
    owner = openDatabase(database.ownerUrl);
    reader = openDatabase(database.url('api_server'));
  });
  after(async () => {
    await owner.close();
    await reader.close();
    await database.close();
  });
  beforeEach(async () => {
    await owner.db.delete(candles);
  });
  afterEach(() => candleBoard.close());

  function start(candleReader: CandleReader = createCandleReader(reader)): CandleBoard {
    const board: PriceBoard = {
      latest: () => [],
      get: () => undefined,
      onUpdate: (listener) => {
        tell = listener;
        return () => undefined;
      },
      close: async () => undefined,
    };
    candleBoard = createCandleBoard({ board, candles: candleReader, logger: createLogger({ level: 'silent' }) });
    return candleBoard;
  }

  async function store(interval: (typeof longIntervals)[number], ...rows: Candle[]): Promise<void> {
    await owner.db
      .insert(candles)
      .values(rows.map((row) => ({ ...row, asset: SOL, interval, openTime: new Date(row.openTime) })));
  }

  function candle(openTime: number, price: number): Candle {
    return { openTime, open: price, high: price + 1, low: price - 1, close: price, ticks: 10, spread: 0.5 };
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it('continues the stored candles in progress', async () => {
    const now = Date.now();
    for (const interval of longIntervals) await store(interval, candle(candleOpenTime(now, interval), 100));
    const board = start();
    await until(() => board.current(SOL, '1w') !== undefined);
    tell(testUpdate(SOL, 1, { price: 150, bid: '149.5', ask: '150.5' }));
    assert.deepEqual(board.current(SOL, '1w'), {
      openTime: candleOpenTime(now, '1w'),
      open: 100,
      high: 150,
      low: 99,
      close: 150,
      ticks: 11,
      spread: 1,
    });
    assert.equal(board.current('BTC_USDC', '1h'), undefined);
  });

  it('joins the history with the candle in progress', async () => {
    const openTime = candleOpenTime(Date.now(), '1h');
    await store(
      '1h',
      candle(openTime - 3 * HOUR_MS, 1),
      candle(openTime - 2 * HOUR_MS, 2),
      candle(openTime - HOUR_MS, 3),
    );
    const board = start();
    tell(testUpdate(SOL, 1, { price: 4, timestamp: openTime }));
    const closes = async (query: { from?: number; to?: number; limit: number }) =>
      (await board.find({ asset: SOL, interval: '1h', ...query })).map(({ close }) => close);
    assert.deepEqual(await closes({ limit: 500 }), [1, 2, 3, 4]);
    assert.deepEqual(await closes({ limit: 2 }), [3, 4]);
    assert.deepEqual(await closes({ limit: 2, to: openTime }), [2, 3]);
    assert.deepEqual(await closes({ limit: 9, from: openTime - HOUR_MS }), [3, 4]);
    assert.deepEqual(await closes({ limit: 9, from: openTime + 1 }), []);
    assert.deepEqual(await board.find({ asset: 'BTC_USDC', interval: '1h', limit: 9 }), []);
  });

  it('unites a stored candle with the live one, which knows the last quotes', async () => {
    const openTime = candleOpenTime(Date.now(), '4h');
    const board = start();
    tell(testUpdate(SOL, 1, { price: 5, timestamp: openTime }));
    await store('4h', candle(openTime, 3));
    const [united] = await board.find({ asset: SOL, interval: '4h', limit: 1 });
    assert.deepEqual(united && { ...united, spread: 0 }, {
      openTime,
      open: 3,
      high: 5,
      low: 2,
      close: 5,
      ticks: 10,
      spread: 0,
    });
  });

  it('answers seconds from memory, also while the database is away', async () => {
    const second = candleOpenTime(Date.now(), '1s');
    const board = start({ findCandles: () => Promise.reject(new Error('away')) });
    tell(testUpdate(SOL, 1, { price: 5, timestamp: second - 2_000, at: second - 2_000 }));
    tell(testUpdate(SOL, 2, { price: 6, timestamp: second, at: second }));
    const found = await board.find({ asset: SOL, interval: '1s', limit: 10 });
    assert.deepEqual(
      found.map(({ close, ticks }) => [close, ticks]),
      [
        [5, 1],
        [5, 0],
        [6, 1],
      ],
    );
    await assert.rejects(board.find({ asset: SOL, interval: '1m', limit: 10 }), /away/);
  });

  it('tells of each change, and of seconds that pass without one while the feed is live', async () => {
    const board = start();
    const seconds: (Candle | undefined)[] = [];
    board.onCandle((asset) => seconds.push(board.current(asset, '1s')));
    const stop = board.onCandle(() => assert.fail('stopped listening'));
    stop();
    // By the stream's clock the second after that of the quote is nearly over.
    const second = candleOpenTime(Date.now(), '1s') - 2_000;
    tell(testUpdate(SOL, 1, { price: 5, timestamp: second, at: second + 1_990 }));
    await until(() => seconds.length === 2);
    assert.deepEqual(
      seconds.map((one) => one?.ticks),
      [1, 0],
    );
    tell(testUpdate(SOL, 2, { status: 'stale', timestamp: second, at: second + 2_000 }));
    assert.equal(board.current(SOL, '1s')?.openTime, second + 1_000);
    assert.equal(board.current(SOL, '1m')?.ticks, 1);
  });
});
