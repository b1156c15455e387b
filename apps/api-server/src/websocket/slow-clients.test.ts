import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { ServerFrame } from '@repo/schemas';
import { defaultInstruments } from '@repo/trading-core';
import { connectRaw, type RawClient } from './testing/raw-client.ts';
import { startTestHub, type TestHub } from './testing/start-test-hub.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

const KIB = 1024;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The kernel buffers megabytes for a reader that pauses before anything waits in the process: this many frames fill it. */
const FILL_FRAMES_MAX = 60_000;

describe('a client that stops reading', () => {
  let hub: TestHub;
  let slow: RawClient;

  async function start(settings: Partial<WebSocketSettings>): Promise<void> {
    hub = await startTestHub({ settings: { messagesPerSecondMax: 1_000_000, ...settings } });
    for (const { asset } of defaultInstruments) await hub.quote(asset);
    slow = await connectRaw(hub.port);
    slow.subscribe('prices');
    await slow.frame(0);
  }

  /** Makes the hub write to the paused client, by asking for snapshots, until it has had enough. */
  async function pauseUntilSlow(): Promise<void> {
    slow.socket.pause();
    for (let sent = 0; (await hub.metric('buffered_bytes')) < 64 * KIB; sent += 500) {
      assert.ok(sent < FILL_FRAMES_MAX, 'the client never became slow');
      for (let count = 0; count < 500; count += 1) slow.subscribe('prices');
      await turn();
      await hub.quote('SOL_USDC');
    }
  }

  afterEach(async () => {
    slow.socket.destroy();
    await hub.close();
  });

  it('gets no more, holds up nobody, and is told the whole state when it reads again', async () => {
    await start({});
    const other = await connectRaw(hub.port);
    other.subscribe('prices');
    await other.frame(0);
    await pauseUntilSlow();

    const buffered = await hub.metric('buffered_bytes');
    const skipped = await hub.metric('skipped_deliveries_total');
    const before = other.frames.length;
    for (let count = 0; count < 1_000; count += 1) await hub.quote('SOL_USDC', { price: 1_000 + count });
    slow.say({ op: 'unsubscribe', channels: ['prices'] });
    slow.subscribe('prices');
    await other.frame(before + 999);
    assert.equal(await hub.metric('skipped_deliveries_total'), skipped + 1_000);
    // Only the answer to `unsubscribe` came on top.
    assert.ok((await hub.metric('buffered_bytes')) < buffered + KIB);
    assert.ok(other.frames.slice(1).every(({ type }) => type === 'update'));
    assertGapFree(other.frames);

    slow.socket.resume();
    await slow.until(() => lastPrice(slow.frames.at(-1)) === 1_999);
    const last = slow.frames.at(-1);
    assert.equal(last?.type, 'snapshot');
    assert.equal(
      slow.frames.filter((frame) => (lastPrice(frame) ?? 0) >= 1_000).length,
      1,
      'of the thousand missed quotes only the state after them',
    );
    await hub.quote('SOL_USDC', { price: 2_000 });
    await slow.until(() => lastPrice(slow.frames.at(-1)) === 2_000);
    assertGapFree(slow.frames);
    assert.equal(await hub.metric('buffered_bytes'), 0);
    other.socket.destroy();
  });

  it('is closed with 1013 when it stays away', async () => {
    await start({ drainTimeoutMs: 50 });
    await pauseUntilSlow();
    while ((await hub.metric('slow_closes_total')) === 0) await turn();
    slow.socket.resume();
    assert.equal(await slow.closed(), 1013);
  });

  it('is cut off when it does not even take that', async () => {
    await start({ drainTimeoutMs: 50, closeTimeoutMs: 50 });
    await pauseUntilSlow();
    while ((await hub.metric('clients')) > 0) await turn();
    assert.equal(await hub.metric('buffered_bytes'), 0);
  });

  it('is cut off when it answers no ping either', async () => {
    await start({ pingIntervalMs: 50 });
    slow.polite = false;
    await slow.closed();
    assert.ok(slow.pings > 0);
    assert.equal(slow.closeCode, undefined);
  });
});

function lastPrice(frame: ServerFrame | undefined): number | undefined {
  if (frame === undefined || !('channel' in frame) || frame.channel !== 'prices' || frame.type === 'error') return;
  return frame.data.find(({ asset }) => asset === 'SOL_USDC')?.price;
}

function assertGapFree(frames: readonly ServerFrame[]): void {
  let sequence: number | undefined;
  for (const frame of frames) {
    if (frame.type !== 'snapshot' && frame.type !== 'update') continue;
    if (frame.type === 'update') assert.equal(frame.sequence, (sequence ?? Number.NaN) + 1);
    sequence = frame.sequence;
  }
}
