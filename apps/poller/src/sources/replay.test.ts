import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { defaultInstruments } from '@repo/trading-core';
import { backpackFrame, binanceCombinedFrame } from '../testing/frames.ts';
import { recordingHandlers } from '../testing/recording-handlers.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { until } from '../testing/until.ts';
import { ReplayFeed } from './replay.ts';

const MAX = Number.POSITIVE_INFINITY;
const OVER = 'the recording is over: no more prices will come';

let folder: string;
let feed: ReplayFeed;
let said: ReturnType<typeof recordingHandlers>;
let log: ReturnType<typeof recordingLogger>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poller-replay-'));
});

after(() => rm(folder, { recursive: true }));

beforeEach(() => {
  said = recordingHandlers();
  log = recordingLogger();
});

afterEach(() => feed.stop());

async function play(content: string | Uint8Array, options: { speed?: number; loop?: boolean } = {}): Promise<void> {
  const path = join(folder, 'recording');
  await writeFile(path, content);
  feed = new ReplayFeed({
    path,
    speed: MAX,
    loop: false,
    instruments: defaultInstruments,
    logger: log.logger,
    ...options,
  });
  feed.start(said.handlers);
}

function recording(...frames: readonly string[]): string {
  return frames.map((frame, index) => `${1_000_000_000n + BigInt(index) * 50_000_000n} ${frame}\n`).join('');
}

const btc = (u: number) => binanceCombinedFrame('BTCUSDT', '61837.63000000', '61837.64000000', u);
const isOver = () => until(() => log.messages.includes(OVER), 'the recording was over');

test('frames of both exchanges are quotes, in order; the rest is counted', async () => {
  await play(
    `${recording(btc(1), backpackFrame('SOL_USDC', '1', '2', '7'), btc(2))}garbage\n\n5 {"a":1}\r\n6 ${backpackFrame('XRP_USDC', '1', '2', 1)}`,
  );
  await isOver();
  assert.deepEqual(
    said.quotes.map(({ asset, symbol, updateId, source }) => [asset, symbol, updateId, source]),
    [
      ['BTC_USDC', 'BTCUSDT', 1n, 'replay'],
      ['SOL_USDC', 'SOL_USDC', 7n, 'replay'],
      ['BTC_USDC', 'BTCUSDT', 2n, 'replay'],
    ],
  );
  assert.deepEqual(said.unusable, ['replay malformed', 'replay malformed', 'replay unknown-symbol']);
  assert.deepEqual(said.states, ['replay open', 'replay closed']);
});

test('of several markets of an asset the first one counts', async () => {
  await play(recording(btc(1), binanceCombinedFrame('BTCUSDC', '1', '2', 1), btc(2)));
  await isOver();
  assert.equal(said.quotes.length, 2);
  assert.deepEqual(said.unusable, ['replay unknown-symbol']);
});

test('compressed, and larger than what is read at once', async () => {
  const count = 5_000;
  await play(gzipSync(recording(...Array.from({ length: count }, (_, index) => btc(index)))));
  await isOver();
  assert.deepEqual(
    said.quotes.map((quote) => quote.updateId),
    Array.from({ length: count }, (_, index) => BigInt(index)),
  );
});

test('the recorded times set the pace', async () => {
  const startedAtMs = performance.now();
  await play(recording(...Array.from({ length: 5 }, (_, index) => btc(index))), { speed: 2 });
  await isOver();
  said.quotes.forEach(({ receivedAtMs }, index) => {
    // Never early; how late depends on the machine.
    assert.ok(receivedAtMs - startedAtMs >= index * 25, `quote ${index} came after ${receivedAtMs - startedAtMs} ms`);
  });
});

test('looped, each round is a new connection', async () => {
  await play(recording(btc(1), btc(2)), { loop: true });
  await until(() => said.quotes.length >= 6, 'it played three rounds');
  assert.deepEqual(
    said.quotes.slice(0, 6).map(({ epoch, updateId }) => [epoch, updateId]),
    [1, 2, 3].flatMap((epoch) => [
      [epoch, 1n],
      [epoch, 2n],
    ]),
  );
  assert.ok(!log.messages.includes(OVER));
});

test('at full speed it waits for what it handed over', async () => {
  let release: () => void = () => {};
  const published = new Promise<void>((resolve) => {
    release = resolve;
  });
  said.handlers.published = () => published;
  await play(recording(...Array.from({ length: 1_000 }, (_, index) => btc(index))));
  await until(() => said.quotes.length > 0, 'it began');
  const handedOver = said.quotes.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(said.quotes.length, handedOver);
  assert.ok(handedOver < 1_000);
  release();
  await isOver();
  assert.equal(said.quotes.length, 1_000);
});

test('a recording that breaks in the middle says so and falls silent', async () => {
  const whole = gzipSync(recording(...Array.from({ length: 2_000 }, (_, index) => btc(index * 7_919))));
  await play(whole.subarray(0, whole.length / 2), { loop: true });
  await until(() => said.states.includes('replay closed'), 'it broke');
  assert.ok(log.messages.includes('the recording cannot be read further: no more prices will come'));
  assert.ok(said.quotes.length > 0);
});

test('stopped in a long wait, it ends at once', async () => {
  await play(recording(btc(1), btc(2)), { speed: 0.000_001 });
  await until(() => said.quotes.length === 1, 'it began');
  await feed.stop();
  assert.equal(said.quotes.length, 1);
  assert.ok(!log.messages.includes(OVER));
});
