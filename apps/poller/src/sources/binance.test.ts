import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { defaultInstruments } from '@repo/trading-core';
import { fastTiming } from '../testing/fast-timing.ts';
import { binanceCombinedFrame, binanceFrame } from '../testing/frames.ts';
import { MarketServer } from '../testing/market-server.ts';
import { recordingHandlers } from '../testing/recording-handlers.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { until } from '../testing/until.ts';
import { BinanceFeed } from './binance.ts';

let server: MarketServer;
let feed: BinanceFeed;
let said: ReturnType<typeof recordingHandlers>;

beforeEach(async () => {
  server = await new MarketServer().listen();
  said = recordingHandlers();
  const { logger } = recordingLogger();
  feed = new BinanceFeed({ url: server.wsUrl, instruments: defaultInstruments, timing: fastTiming, logger });
  feed.start(said.handlers);
  await until(() => server.received.length === 1, 'it subscribed');
});

afterEach(async () => {
  await feed.stop();
  await server.close();
});

test('it subscribes to all symbols in one frame', () => {
  assert.deepEqual(JSON.parse(server.received[0] ?? ''), {
    method: 'SUBSCRIBE',
    params: ['solusdt', 'btcusdt', 'ethusdt', 'dogeusdt', 'bnbusdt'].map((symbol) => `${symbol}@bookTicker`),
    id: 1,
  });
});

test('raw and combined frames are quotes of our assets', async () => {
  server.send(
    '{"result":null,"id":1}',
    binanceFrame('BNBUSDT', '25.35190000', '25.36520000', 400900217),
    binanceCombinedFrame('SOLUSDT', '195.81', '195.83', 7),
  );
  await until(() => said.quotes.length === 2, 'two quotes came');
  const [bnb, sol] = said.quotes;
  assert.ok(bnb !== undefined && bnb.receivedAtMs > 0 && bnb.receivedAtMs <= performance.now());
  assert.deepEqual(bnb, {
    asset: 'BNB_USDC',
    symbol: 'BNBUSDT',
    source: 'binance',
    bid: '25.35190000',
    ask: '25.36520000',
    updateId: 400900217n,
    epoch: 1,
    receivedAtMs: bnb.receivedAtMs,
    role: 'primary',
  });
  assert.equal(sol?.asset, 'SOL_USDC');
  assert.deepEqual(said.unusable, []);
});

test('what it did not ask for and what is no quote is counted, errors too', async () => {
  server.send(binanceFrame('XRPUSDT', '1', '2', 1), 'not JSON', '{"code":2,"msg":"Invalid request"}');
  await until(() => said.errorCount() === 1, 'the error came');
  assert.deepEqual(said.unusable, ['binance unknown-symbol', 'binance malformed']);
  assert.deepEqual(said.quotes, []);
});

test('a new connection subscribes anew and is a new epoch', async () => {
  server.closeAll();
  await until(() => server.received.length === 2, 'it subscribed again');
  server.send(binanceFrame('SOLUSDT', '1', '2', 1));
  await until(() => said.quotes.length === 1, 'a quote came');
  assert.equal(said.quotes[0]?.epoch, 2);
  assert.deepEqual(
    said.states,
    ['connecting', 'open', 'closed', 'connecting', 'open'].map((state) => `binance ${state}`),
  );
});

test('an asset can be asked for again', async () => {
  feed.renew('DOGE_USDC');
  await until(() => server.received.length === 2, 'it subscribed again');
  assert.deepEqual(server.subscribed.slice(5), ['DOGEUSDT']);
});
