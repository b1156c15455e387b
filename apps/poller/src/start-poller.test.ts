import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ConfigError } from '@repo/service';
import { defaultInstruments } from '@repo/trading-core';
import { backpackFrame, binanceFrame, recordedBackpackError, recordedBackpackFrame } from './testing/frames.ts';
import { MarketServer } from './testing/market-server.ts';
import { startPollerWorld } from './testing/poller-under-test.ts';
import { until } from './testing/until.ts';

let market: MarketServer;
let world: Awaited<ReturnType<typeof startPollerWorld>>;

beforeEach(async () => {
  market = await new MarketServer().listen();
  world = await startPollerWorld();
});

afterEach(async () => {
  await world.close();
  await market.close();
  assert.deepEqual(world.invalid, []);
  assert.deepEqual(world.keysDiffer, []);
});

const quickInstruments = defaultInstruments.map((one) => ({ ...one, staleAfterMs: 60, downAfterMs: 150 }));
const sequencesOf = (asset: string) => world.updates.filter((one) => one.asset === asset).map((one) => one.sequence);
const isRising = (numbers: readonly number[]) =>
  numbers.every((one, index) => index === 0 || one > (numbers[index - 1] ?? 0));

function backpackSettings(): Record<string, string> {
  return {
    PRICE_SOURCE: 'backpack',
    BACKPACK_WS_URL: market.wsUrl,
    BACKPACK_REST_URL: market.httpUrl,
    BINANCE_WS_URL: market.wsUrl,
  };
}

async function startOnBackpack(instruments = defaultInstruments) {
  const poller = await world.start(backpackSettings(), instruments);
  await until(() => market.received.length >= 5, 'it subscribed');
  return poller;
}

test('the recorded frame becomes an update in the topic and a price in the cache', async () => {
  const before = Date.now();
  const poller = await startOnBackpack();
  assert.equal(poller.source, 'backpack');
  market.send(recordedBackpackFrame);
  await until(() => world.updates.length === 1, 'the update came');
  const { id: _, at, ...price } = world.updates[0] ?? assert.fail();
  assert.ok(at >= price.timestamp && price.timestamp >= before);
  assert.ok(price.sequence > before * 1_000);
  assert.deepEqual(price, {
    asset: 'SOL_USDC',
    // With the mark-up: half a spread of 0.015, and 0.043719; down and up to whole ticks.
    price: 218.595,
    timestamp: price.timestamp,
    bid: '218.53',
    ask: '218.66',
    status: 'live',
    source: 'backpack',
    sequence: price.sequence,
  });
  assert.deepEqual(await world.prices.getMany(['SOL_USDC']), [price]);
});

test('what cannot be trusted is dropped and counted, the rest arrives in order', async () => {
  const poller = await startOnBackpack();
  const sol = (bid: string, ask: string, u: number | string) => backpackFrame('SOL_USDC', bid, ask, u);
  market.send(
    sol('200.00', '200.02', 1),
    'not JSON',
    '{"stream":"bookTicker.SOL_USDC"}',
    recordedBackpackError,
    backpackFrame('XRP_USDC', '1', '2', 1),
    sol('200.00', '200.02', 1),
    sol('200.01', '200.03', '2'),
    sol('200.03', '200.01', 3),
    sol('200.02', '200.02', 4),
    sol('0', '200.02', 5),
    sol('-200', '200.02', 5),
    sol('NaN', '200.02', 5),
    sol('2e2', '200.02', 5),
    sol('300.00', '300.02', 6),
    sol('200.02', '200.04', 7),
    sol('300.00', '300.02', 8),
    sol('300.01', '300.03', 9),
    sol('300.02', '300.04', 10),
    sol('300.02', '300.04', 8),
  );
  for (let u = 11; u < 40; u += 1) market.send(sol('300.02', '300.04', u));
  market.send(sol('295.00', '301.00', 40), sol('300.03', '300.05', 41));
  // Their mids are on ticks, so the mark-up leaves them where they are.
  await until(() => world.updates.some((update) => update.price === 300.04), 'the last quote came');
  const distinct = [...new Set(world.updates.map((update) => update.price))];
  assert.deepEqual(distinct, [200.01, 200.02, 200.03, 300.03, 300.04]);
  const dropped = (reason: string) => poller.metric('cfd_poller_quotes_dropped_total', { reason });
  assert.deepEqual(
    {
      malformed: await dropped('malformed'),
      unknown: await dropped('unknown-symbol'),
      notFinite: await dropped('not-finite'),
      notPositive: await dropped('not-positive'),
      updateId: await dropped('non-increasing-update-id'),
      crossed: await dropped('crossed'),
      spread: await dropped('spread-too-wide'),
      jump: await dropped('price-jump'),
      errors: await poller.metric('cfd_poller_source_errors_total'),
    },
    { malformed: 3, unknown: 1, notFinite: 1, notPositive: 2, updateId: 2, crossed: 2, spread: 1, jump: 3, errors: 1 },
  );
  // The reader may be told before the publisher is.
  const published = () => poller.metric('cfd_poller_quotes_published_total');
  await until(async () => (await published()) === world.updates.length, 'all published were counted');
  assert.equal(
    await poller.metric('cfd_poller_quotes_received_total'),
    world.updates.length + (await poller.metric('cfd_poller_quotes_dropped_total')),
  );
  assert.ok(isRising(sequencesOf('SOL_USDC')));
});

test('without quotes an asset turns stale, then down, is asked for anew, and is live with the next quote', async () => {
  const poller = await startOnBackpack(quickInstruments);
  const statuses = () => world.updates.map((update) => update.status).join(' ');
  assert.deepEqual((await poller.health.readiness()).checks, { kafka: 'ok', feed: 'no quote yet' });
  market.send(recordedBackpackFrame);
  await until(() => statuses() === 'live stale down', 'it went down');
  assert.deepEqual((await poller.health.readiness()).checks, { kafka: 'ok', feed: 'every price is down' });
  await until(() => market.subscribed.filter((symbol) => symbol === 'SOL_USDC').length === 2, 'it was asked for anew');
  assert.equal(await poller.metric('cfd_poller_asset_status', { asset: 'SOL_USDC', status: 'down' }), 1);
  assert.ok((await poller.metric('cfd_poller_quote_age_seconds', { asset: 'SOL_USDC' })) >= 0.15);
  market.send(backpackFrame('SOL_USDC', '218.59', '218.62', '1802083093'));
  await until(() => statuses().startsWith('live stale down live'), 'it was live again');
  const [live, stale, down] = world.updates;
  for (const update of [stale, down]) {
    assert.deepEqual([update?.bid, update?.ask], ['218.53', '218.66'], 'marked up once');
    assert.equal(update?.timestamp, live?.timestamp);
  }
  assert.ok(isRising(sequencesOf('SOL_USDC')));
  assert.ok((await poller.health.readiness()).ready);
});

test('a lost connection comes back by itself and counts', async () => {
  const poller = await startOnBackpack();
  market.send(recordedBackpackFrame);
  market.closeAll();
  await until(() => market.received.length === 10, 'it subscribed again');
  // A new connection may number anew.
  market.send(backpackFrame('SOL_USDC', '218.59', '218.62', 1));
  await until(() => world.updates.length === 2, 'prices go on');
  assert.equal(await poller.metric('cfd_poller_source_reconnects_total', { source: 'backpack' }), 1);
  assert.equal(await poller.metric('cfd_poller_source_connected', { source: 'backpack' }), 1);
});

test('while the log is away the newest price of each asset waits, and comes when it is back', async () => {
  const poller = await startOnBackpack();
  world.broker.interrupt();
  for (let u = 1; u <= 500; u += 1) {
    market.send(
      backpackFrame('SOL_USDC', `${200 + u / 1_000}`, '201', u),
      backpackFrame('BTC_USDC', `${60_000 + u}`, '60600', u),
    );
  }
  await until(async () => (await poller.metric('cfd_poller_quotes_received_total')) === 1_000, 'all were read');
  assert.equal((await poller.health.readiness()).ready, false);
  world.broker.restore();
  await until(() => world.updates.length === 2, 'the newest came');
  assert.deepEqual(new Set(world.updates.map((update) => update.price)), new Set([200.75, 60_550]));
  assert.ok((await poller.metric('cfd_poller_publish_failures_total')) > 0);
  assert.equal(await poller.metric('cfd_poller_updates_conflated_total'), 998);
  assert.equal(world.messages.filter((message) => message.includes('price-updates topic cannot be written')).length, 1);
});

test('the loss of the cache stops no price, and the cache catches up', async () => {
  const poller = await startOnBackpack();
  world.cache.away = true;
  for (let u = 1; u <= 50; u += 1) market.send(backpackFrame('SOL_USDC', '200', `200.${100 + u}`, u));
  await until(() => world.updates.length === 50, 'all prices came');
  await until(async () => (await poller.metric('cfd_poller_cache_failures_total')) > 1, 'the cache failed twice');
  assert.deepEqual(await world.prices.getMany(['SOL_USDC']), []);
  world.cache.away = false;
  await until(async () => (await world.prices.getMany(['SOL_USDC'])).length === 1, 'the cache has it');
  assert.equal((await world.prices.getMany(['SOL_USDC']))[0]?.sequence, sequencesOf('SOL_USDC').at(-1));
  assert.equal(world.messages.filter((message) => message.includes('price cache cannot be written')).length, 1);
});

test('sequences rise across a restart, with the cache and without it', async () => {
  market.onSubscribe = (symbol) => market.send(backpackFrame(symbol, '218.58', '218.61', 1));
  for (const [run, away] of [false, false, true].entries()) {
    world.cache.away = away;
    const poller = await world.start(backpackSettings());
    await until(() => world.updates.length === (run + 1) * 5, 'each asset was priced once');
    await poller.stop();
    await until(() => market.openCount === 0, 'it let go');
  }
  assert.equal(sequencesOf('SOL_USDC').length, 3);
  assert.ok(isRising(sequencesOf('SOL_USDC')));
});

test('a price that an earlier run left in the cache goes down when no quote follows', async () => {
  const old = { price: 200.01, bid: '200', ask: '200.02', status: 'live', source: 'replay', sequence: 7 } as const;
  await world.prices.put({ asset: 'SOL_USDC', timestamp: Date.now() - 60_000, ...old });
  await startOnBackpack();
  await until(() => world.updates.length === 1, 'its status changed');
  assert.equal(world.updates[0]?.status, 'down');
  assert.equal(world.updates[0]?.source, 'replay');
  await until(async () => (await world.prices.getMany(['SOL_USDC']))[0]?.status === 'down', 'the cache says so');
});

test('Binance as told', async () => {
  const poller = await world.start({ PRICE_SOURCE: 'binance', BINANCE_WS_URL: market.wsUrl });
  await until(() => market.subscribed.length === 5, 'it subscribed');
  market.send(binanceFrame('BNBUSDT', '25.35190000', '25.36520000', 400900217));
  await until(() => world.updates.length === 1, 'the update came');
  assert.equal(poller.source, 'binance');
  const { asset, bid, ask, source } = world.updates[0] ?? assert.fail();
  assert.deepEqual(
    { asset, bid, ask, source },
    {
      asset: 'BNB_USDC',
      // Mid 25.35855, half a spread 0.00665, mark-up 0.00507171.
      bid: '25.34',
      ask: '25.38',
      source: 'binance',
    },
  );
});

test('no source named: Backpack when it quotes in time', async () => {
  market.onSubscribe = (symbol) => market.send(backpackFrame(symbol, '218.58', '218.61', 1));
  const { PRICE_SOURCE: _, ...settings } = backpackSettings();
  const poller = await world.start({ ...settings, PRICE_SOURCE_FALLBACK: 'simulated' });
  assert.equal(poller.source, 'backpack');
  assert.ok(world.messages.includes('prices come from: backpack'));
});

test('no source named: the simulation when Backpack says nothing, and it says so', async () => {
  const { PRICE_SOURCE: _, ...settings } = backpackSettings();
  const poller = await world.start({ ...settings, PRICE_SOURCE_FALLBACK: 'simulated', PRICE_SOURCE_PROBE_MS: '50' });
  assert.equal(poller.source, 'simulated');
  assert.ok(world.messages.includes('Backpack did not answer in 50 ms: prices come from: simulated'));
  await until(() => new Set(world.updates.map((update) => update.asset)).size === 5, 'all assets were priced');
  assert.ok(world.updates.every((update) => update.source === 'simulated'));
  assert.equal(await poller.metric('cfd_poller_source_connected', { source: 'backpack' }), 0);
  await until(() => market.openCount === 0, 'Backpack was let go');
});

test('no source at all, or one that cannot work, is refused in a sentence', async () => {
  const refused = (message: string) => (error: unknown) => error instanceof ConfigError && error.message === message;
  await assert.rejects(
    world.start({}),
    refused('PRICE_SOURCE is not set: it must be backpack, binance, simulated or replay.'),
  );
  await assert.rejects(
    world.start({ PRICE_SOURCE: 'replay' }),
    refused('REPLAY_FILE is not set: PRICE_SOURCE=replay needs the path of a recording.'),
  );
  await assert.rejects(
    world.start({ PRICE_SOURCE: 'replay', REPLAY_FILE: '/nowhere' }),
    refused('REPLAY_FILE is "/nowhere": there is no such file.'),
  );
});

test('stopped, it publishes nothing more and is not ready', async () => {
  const poller = await startOnBackpack(quickInstruments);
  market.send(recordedBackpackFrame);
  await until(() => world.updates.length === 1, 'the update came');
  await Promise.all([poller.stop(), poller.stop()]);
  const published = world.updates.length;
  await until(() => market.openCount === 0, 'the connection was closed');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(world.updates.length, published);
  assert.equal((await poller.health.readiness()).ready, false);
});
