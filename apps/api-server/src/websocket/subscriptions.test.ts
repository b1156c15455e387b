import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { channelsPerConnectionMax, type ServerFrame, ServerFrameSchema } from '@repo/schemas';
import { candleIntervalMs, defaultInstruments } from '@repo/trading-core';
import { connectRaw, type RawClient } from './testing/raw-client.ts';
import { startTestHub, type TestHub } from './testing/start-test-hub.ts';

const codesOf = (frames: readonly ServerFrame[]) =>
  frames.flatMap((frame) => (frame.type === 'error' ? frame.code : []));

describe('subscriptions', () => {
  let hub: TestHub;
  const clients: RawClient[] = [];
  before(async () => {
    hub = await startTestHub();
    await hub.quote('SOL_USDC', { price: 100 });
    await hub.quote('BTC_USDC', { price: 60_000 });
  });
  after(async () => {
    for (const client of clients) {
      for (const frame of client.frames) ServerFrameSchema.parse(frame);
      client.socket.destroy();
    }
    await hub.close();
  });

  async function connect(): Promise<RawClient> {
    const client = await connectRaw(hub.port);
    clients.push(client);
    return client;
  }

  it('begin with a snapshot and go on with updates in sequence', async () => {
    const client = await connect();
    client.subscribe('prices');
    const snapshot = await client.frame(0);
    await hub.quote('SOL_USDC', { price: 123 });
    const update = await client.frame(1);
    assert.ok(snapshot.type === 'snapshot' && snapshot.channel === 'prices');
    assert.ok(update.type === 'update' && update.channel === 'prices');
    assert.deepEqual(
      snapshot.data.map(({ asset, price, startPrice }) => [asset, price, startPrice]),
      [
        ['SOL_USDC', 100, 100],
        ['BTC_USDC', 60_000, 60_000],
      ],
    );
    assert.equal(update.sequence, snapshot.sequence + 1);
    assert.deepEqual(
      update.data.map(({ asset, price }) => [asset, price]),
      [['SOL_USDC', 123]],
    );
  });

  it('share one sequence, wherever they begin', async () => {
    const [first, second] = [await connect(), await connect()];
    first.subscribe('prices');
    await first.frame(0);
    await hub.quote('SOL_USDC');
    await first.frame(1);
    second.subscribe('prices');
    await second.frame(0);
    await hub.quote('SOL_USDC');
    assert.deepEqual(await second.frame(1), await first.frame(2));
  });

  it('bring the candle in progress', async () => {
    const client = await connect();
    client.subscribe('candles:DOGE_USDC:1m', 'candles:DOGE_USDC:1s');
    assert.deepEqual(await client.frame(0), {
      channel: 'candles:DOGE_USDC:1m',
      type: 'snapshot',
      sequence: 0,
      data: [],
    });
    await hub.quote('DOGE_USDC', { price: 7, bid: '6.5', ask: '7.5' });
    await client.until(() => client.frames.some(({ type }) => type === 'update'));
    const update = client.frames.find((frame) => frame.type === 'update' && frame.channel === 'candles:DOGE_USDC:1m');
    assert.ok(update?.type === 'update' && Array.isArray(update.data));
    assert.equal(update.sequence, 1);
    const [candle] = update.data;
    assert.deepEqual(candle && { ...candle, openTime: 0 }, {
      openTime: 0,
      open: 7,
      high: 7,
      low: 7,
      close: 7,
      ticks: 1,
      spread: 1,
    });
  });

  it('repeated bring a new snapshot and no second stream', async () => {
    const client = await connect();
    client.subscribe('prices');
    await client.frame(0);
    client.say({ op: 'subscribe', channels: ['prices', 'prices'] });
    assert.deepEqual(await client.frame(1), await client.frame(0));
    await hub.quote('SOL_USDC');
    await client.frame(2);
    client.say({ op: 'ping' });
    assert.equal((await client.frame(3)).type, 'pong');
  });

  it('end with unsubscribe, and with nothing after it', async () => {
    const client = await connect();
    client.subscribe('prices', 'candles:SOL_USDC:1m');
    await client.frame(1);
    client.say({ op: 'unsubscribe', channels: ['prices', 'candles:ETH_USDC:1m'], id: 'x1' });
    assert.deepEqual(await client.frame(2), {
      type: 'unsubscribed',
      channels: ['prices', 'candles:ETH_USDC:1m'],
      id: 'x1',
    });
    await hub.quote('SOL_USDC');
    const update = await client.frame(3);
    assert.ok(update.type === 'update' && update.channel === 'candles:SOL_USDC:1m');
  });

  it('are answered with the id they were asked with', async () => {
    const client = await connect();
    client.say({ op: 'ping', id: 'a' });
    client.say({ op: 'subscribe', channels: ['orders'], id: 'b' });
    const [pong, refusal] = [await client.frame(0), await client.frame(1)];
    assert.ok(pong.type === 'pong' && pong.id === 'a' && Math.abs(Date.now() - pong.at) < 60_000);
    assert.ok(refusal.type === 'error' && refusal.id === 'b' && refusal.channel === 'orders');
  });

  for (const [channel, code] of [
    ['orders', 'unknown-channel'],
    ['', 'unknown-channel'],
    ['constructor', 'unknown-channel'],
    ['__proto__', 'unknown-channel'],
    ['prices ', 'unknown-channel'],
    ['Prices', 'unknown-channel'],
    ['candles', 'unknown-channel'],
    ['candles:SOL_USDC', 'unknown-channel'],
    ['candles:SOL_USDC:2m', 'unknown-channel'],
    ['candles:SOL_USDC:constructor', 'unknown-channel'],
    ['candles:SOL_USDC:1m:1m', 'unknown-channel'],
    ['candles:sol_usdc:1m', 'unknown-channel'],
    ['candles:XXX_USDC:1m', 'unknown-instrument'],
  ] as const) {
    it(`to "${channel}" are refused as ${code}, others of the same frame are not`, async () => {
      const client = await connect();
      client.subscribe(channel, 'prices');
      await client.frame(1);
      assert.deepEqual(codesOf(client.frames), [code]);
      assert.equal(client.frames[1]?.type, 'snapshot');
    });
  }

  it('are bounded', async () => {
    const client = await connect();
    const channels = defaultInstruments.flatMap(({ asset }) =>
      Object.keys(candleIntervalMs).map((interval) => `candles:${asset}:${interval}`),
    );
    client.subscribe(...channels.slice(0, channelsPerConnectionMax));
    client.subscribe(...channels.slice(channelsPerConnectionMax, channelsPerConnectionMax + 2));
    client.subscribe(channels[0] ?? '');
    await client.frame(channelsPerConnectionMax + 2);
    assert.deepEqual(codesOf(client.frames), ['too-many-channels', 'too-many-channels']);
    client.say({ op: 'unsubscribe', channels: [channels[0]] });
    client.subscribe('prices');
    const last = await client.frame(channelsPerConnectionMax + 4);
    assert.ok(last.type === 'snapshot' && last.channel === 'prices');
  });

  it('are counted', async () => {
    const before = await hub.metric('subscriptions');
    const client = await connect();
    client.subscribe('prices', 'candles:SOL_USDC:1m');
    await client.frame(1);
    assert.equal(await hub.metric('subscriptions'), before + 2);
    client.socket.destroy();
    while ((await hub.metric('subscriptions')) !== before) await new Promise((resolve) => setImmediate(resolve));
  });

  it('of a stopping server end with 1001', async () => {
    const stopping = await startTestHub();
    const client = await connectRaw(stopping.port);
    client.subscribe('prices');
    await client.frame(0);
    await stopping.close();
    assert.equal(await client.closed(), 1001);
  });
});
