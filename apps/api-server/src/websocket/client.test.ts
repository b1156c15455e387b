import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type CandlesFrame, createPriceStream, type PriceStream, type PricesFrame } from '@repo/client';
import { WebSocket } from 'ws';
import { startTestHub, type TestHub, testOrigin } from './testing/start-test-hub.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

describe('the client and the hub', () => {
  let hub: TestHub;
  let stream: PriceStream;
  let frames: PricesFrame[];

  beforeEach(async () => {
    hub = await startTestHub();
    frames = [];
  });
  afterEach(async () => {
    stream.close();
    await hub.close();
  });

  /** As a page of the web app with a session. */
  function start(session?: string): PriceStream {
    const headers: Record<string, string> = session === undefined ? {} : { Cookie: `session=ann/${session}` };
    stream = createPriceStream({
      url: hub.url,
      webSocket: (url) => new WebSocket(url, { origin: testOrigin, headers }),
      timing: { retryMsMin: 1, retryMsMax: 10 },
    });
    stream.on('error', ({ message }) => assert.fail(message));
    return stream;
  }

  const price = (asset: string) => frames.at(-1)?.data.find((one) => one.asset === asset)?.price;

  it('understand each other', async () => {
    await hub.quote('SOL_USDC', { price: 100 });
    start();
    const candles: CandlesFrame[] = [];
    stream.subscribe('prices', (frame) => frames.push(frame));
    stream.subscribe('candles:SOL_USDC:1m', (frame) => candles.push(frame));
    await until(() => frames.length === 1 && candles.length === 1);
    await hub.quote('SOL_USDC', { price: 101 });
    await until(() => frames.length === 2 && candles.length === 2);
    assert.equal(price('SOL_USDC'), 101);
    assert.equal(candles[1]?.data.at(-1)?.close, 101);
  });

  it("understand each other through the platform's own WebSocket", async () => {
    stream = createPriceStream({ url: hub.url });
    stream.subscribe('prices', (frame) => frames.push(frame));
    await until(() => frames.length === 1);
    await hub.quote('SOL_USDC', { price: 102 });
    await until(() => price('SOL_USDC') === 102);
  });

  it('find together again when the hub was away', async () => {
    start();
    stream.subscribe('prices', (frame) => frames.push(frame));
    await until(() => frames.length === 1);
    const { port } = hub;
    await hub.close();
    await until(() => stream.status === 'reconnecting');
    hub = await startTestHub({ port });
    await hub.quote('SOL_USDC', { price: 103 });
    await until(() => stream.status === 'open' && price('SOL_USDC') === 103);
  });

  it('part when the session ends, and prices go on', async () => {
    start('one');
    const ended = new Promise<void>((resolve) => {
      stream.on('sessionEnded', () => resolve());
    });
    stream.subscribe('prices', (frame) => frames.push(frame));
    await until(() => frames.length === 1);
    hub.endSession('one');
    await ended;
    await until(() => frames.length === 2);
    await hub.quote('SOL_USDC', { price: 104 });
    await until(() => price('SOL_USDC') === 104);
  });

  it('lose nothing under load', async () => {
    start();
    stream.subscribe('prices', (frame) => frames.push(frame));
    await until(() => frames.length === 1);
    for (let count = 1; count <= 2_000; count += 1) await hub.quote('SOL_USDC', { price: count });
    await until(() => price('SOL_USDC') === 2_000);
    assert.equal(frames.filter(({ type }) => type === 'snapshot').length, 1, 'no gap was mended');
    assert.deepEqual(
      frames.slice(1).map(({ sequence }) => sequence),
      Array.from({ length: 2_000 }, (_, index) => index + 1),
    );
  });
});
