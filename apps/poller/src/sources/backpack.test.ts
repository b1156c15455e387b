import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { defaultInstruments } from '@repo/trading-core';
import { fastTiming } from '../testing/fast-timing.ts';
import { backpackFrame, binanceFrame, recordedBackpackError, recordedBackpackFrame } from '../testing/frames.ts';
import { MarketServer } from '../testing/market-server.ts';
import { recordingHandlers } from '../testing/recording-handlers.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { until } from '../testing/until.ts';
import { BackpackFeed } from './backpack.ts';

const assets = defaultInstruments.map((instrument) => instrument.asset);

let backpack: MarketServer;
let binance: MarketServer;
let feed: BackpackFeed;
let said: ReturnType<typeof recordingHandlers>;
let log: ReturnType<typeof recordingLogger>;

beforeEach(async () => {
  backpack = await new MarketServer().listen();
  binance = await new MarketServer().listen();
  said = recordingHandlers();
  log = recordingLogger();
});

afterEach(async () => {
  await feed.stop();
  await Promise.all([backpack.close(), binance.close()]);
});

function start(firstFrameMs = 60_000): void {
  feed = new BackpackFeed({
    url: backpack.wsUrl,
    restUrl: backpack.httpUrl,
    binanceUrl: binance.wsUrl,
    instruments: defaultInstruments,
    timing: fastTiming,
    firstFrameMs,
    logger: log.logger,
  });
  feed.start(said.handlers);
}

/** Answers each subscription to one of these symbols with a quote. */
function speak(server: MarketServer, symbols: readonly string[], frame: typeof backpackFrame): void {
  let u = 0;
  server.onSubscribe = (symbol) => {
    u += 1;
    if (symbols.includes(symbol)) server.send(frame(symbol, '10', '10.01', u));
  };
}

const heard = (symbol: string, role = 'primary') =>
  said.quotes.some((one) => one.symbol === symbol && one.role === role);

test('it subscribes with a frame for each symbol and reads the recorded frame', async () => {
  start();
  await until(() => backpack.received.length === 5, 'it subscribed');
  assert.deepEqual(
    backpack.received,
    assets.map((asset) => `{"method":"SUBSCRIBE","params":["bookTicker.${asset}"]}`),
  );
  backpack.send(recordedBackpackFrame);
  await until(() => said.quotes.length === 1, 'a quote came');
  const { receivedAtMs, ...quote } = said.quotes[0] ?? {};
  assert.ok(receivedAtMs !== undefined && receivedAtMs <= performance.now());
  assert.deepEqual(quote, {
    asset: 'SOL_USDC',
    symbol: 'SOL_USDC',
    source: 'backpack',
    bid: '218.58',
    ask: '218.61',
    updateId: 1802083092n,
    epoch: 1,
    role: 'primary',
  });
});

test('errors that name no stream are counted and logged once a connection', async () => {
  start();
  await until(() => backpack.received.length === 5, 'it subscribed');
  backpack.send(recordedBackpackError, recordedBackpackError, 'garbage', backpackFrame('XRP_USDC', '1', '2', 1));
  await until(() => said.unusable.length === 2, 'all came');
  assert.equal(said.errorCount(), 2);
  assert.deepEqual(said.unusable, ['backpack malformed', 'backpack unknown-symbol']);
  assert.equal(log.messages.filter((message) => message === 'the source answered with an error').length, 1);
});

test('a symbol of the other exchange is not taken from this one', async () => {
  start();
  await until(() => backpack.received.length === 5, 'it subscribed');
  backpack.send(backpackFrame('SOLUSDT', '1', '2', 1));
  await until(() => said.unusable.length === 1, 'it came');
  assert.deepEqual(said.quotes, []);
});

test('a symbol without a first frame falls back: to its perpetual, then to Binance', async () => {
  speak(backpack, ['SOL_USDC', 'BTC_USDC', 'ETH_USDC', 'DOGE_USDC_PERP'], backpackFrame);
  speak(binance, ['BNBUSDT'], (symbol, bid, ask) => binanceFrame(symbol, bid, ask, 1));
  start(500);
  await until(() => heard('BNBUSDT'), 'BNB came from Binance');
  assert.ok(heard('DOGE_USDC_PERP'));
  assert.deepEqual(new Set(said.quotes.map((quote) => quote.asset)), new Set(assets));
  assert.deepEqual(backpack.subscribed.slice(0, 5), assets);
  assert.ok(backpack.subscribed.includes('BNB_USDC_PERP'));
  assert.ok(!backpack.subscribed.includes('SOL_USDC_PERP'));
  assert.ok(log.messages.includes('DOGE_USDC said nothing for 500 ms: trying DOGE_USDC_PERP of backpack'));
  assert.ok(log.messages.includes('BNB_USDC_PERP said nothing for 500 ms: trying BNBUSDT of binance'));
  const bnb = said.quotes.find((quote) => quote.asset === 'BNB_USDC');
  assert.equal(bnb?.source, 'binance');
});

test('a market that is not listed is not waited for', async () => {
  backpack.markets = ['SOL_USDC', 'BTC_USDC', 'ETH_USDC', 'DOGE_USDC_PERP'];
  speak(backpack, backpack.markets, backpackFrame);
  speak(binance, ['BNBUSDT'], (symbol, bid, ask) => binanceFrame(symbol, bid, ask, 1));
  start();
  await until(() => heard('BNBUSDT') && heard('DOGE_USDC_PERP'), 'both fallbacks spoke');
  assert.ok(!backpack.subscribed.includes('BNB_USDC_PERP'));
});

test('a better market that speaks after all takes over and the fallback becomes a witness', async () => {
  speak(backpack, ['DOGE_USDC_PERP'], backpackFrame);
  start(300);
  await until(() => heard('DOGE_USDC_PERP'), 'the perpetual spoke');
  backpack.send(backpackFrame('DOGE_USDC', '10', '10.01', 1), backpackFrame('DOGE_USDC_PERP', '10', '10.01', 99));
  await until(() => heard('DOGE_USDC_PERP', 'witness'), 'the perpetual became a witness');
  assert.ok(heard('DOGE_USDC'));
});

test('a lost connection subscribes to everything again, fallbacks too', async () => {
  speak(backpack, [...assets.slice(0, 4), 'BNB_USDC_PERP'], backpackFrame);
  start(300);
  await until(() => heard('BNB_USDC_PERP'), 'the perpetual spoke');
  const before = backpack.received.length;
  backpack.resetAll();
  const all = [...assets, 'BNB_USDC_PERP'];
  await until(() => all.every((symbol) => backpack.subscribed.slice(before).includes(symbol)), 'it subscribed again');
});

test('an asset that is renewed and stays silent falls back; silence before does not count', async () => {
  speak(backpack, assets, backpackFrame);
  speak(binance, ['SOLUSDT'], (symbol, bid, ask) => binanceFrame(symbol, bid, ask, 1));
  start(300);
  await until(() => new Set(said.quotes.map((quote) => quote.asset)).size === 5, 'all spoke');
  backpack.onSubscribe = () => {};
  feed.renew('SOL_USDC');
  await until(() => heard('SOLUSDT'), 'Binance took over');
  const asked = backpack.subscribed.filter((symbol) => symbol.startsWith('SOL'));
  assert.deepEqual(asked, ['SOL_USDC', 'SOL_USDC', 'SOL_USDC_PERP']);
});

test('it can be stopped while it waits for everything', async () => {
  start(20);
  await until(() => backpack.received.length === 5, 'it subscribed');
  await feed.stop();
  assert.equal(binance.connectionCount, 0);
});
