import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binanceCombinedFrame } from './testing/frames.ts';
import { startPollerWorld } from './testing/poller-under-test.ts';
import { until } from './testing/until.ts';

const recording = fileURLToPath(
  new URL('../../../../shared/data/binance-spot-bookticker-20240808.ndjson.gz', import.meta.url),
);
const recordedLines = 52_117;

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'poller-topic-'));
});

after(() => rm(folder, { recursive: true }));

/** Plays a file at full speed; every line of it must have been published or dropped. */
async function playToTheEnd(file: string, lines: number) {
  const world = await startPollerWorld();
  try {
    const poller = await world.start({ PRICE_SOURCE: 'replay', REPLAY_FILE: file, REPLAY_SPEED: 'max' });
    const total = async (name: string) => poller.metric(`cfd_poller_${name}_total`);
    await until(
      async () => (await total('quotes_published')) + (await total('quotes_dropped')) >= lines,
      `all ${lines} lines were published or dropped`,
    );
    await until(async () => world.updates.length === (await total('quotes_published')), 'the reader has them');
    assert.equal((await total('quotes_published')) + (await total('quotes_dropped')), lines);
    assert.equal(await total('quotes_received'), lines);
    assert.equal(await total('updates_conflated'), 0);
    assert.deepEqual(world.invalid, []);
    for (const asset of ['BTC_USDC', 'ETH_USDC']) {
      const sequences = world.updates.filter((update) => update.asset === asset).map((update) => update.sequence);
      assert.ok(sequences.every((one, index) => index === 0 || one === (sequences[index - 1] ?? 0) + 1));
    }
    const reasons = await poller.metrics.getSingleMetric('cfd_poller_quotes_dropped_total')?.get();
    return {
      published: world.updates.length,
      dropped: Object.fromEntries(
        reasons?.values.filter((one) => one.value > 0).map((one) => [one.labels.reason, one.value]) ?? [],
      ),
      last: world.updates.at(-1),
    };
  } finally {
    await world.close();
  }
}

test('a small recording: what is published and what is dropped add up', async () => {
  const file = join(folder, 'small');
  const btc = (bid: string, ask: string, u: number) => binanceCombinedFrame('BTCUSDT', bid, ask, u);
  const frames = Array.from({ length: 300 }, (_, index) =>
    index % 100 === 50
      ? btc('61838.00000000', '61837.00000000', index)
      : btc('61837.63000000', '61837.64000000', index % 100 === 70 ? index - 5 : index),
  );
  await writeFile(file, frames.map((frame, index) => `${index * 1_000_000} ${frame}\n`).join(''));
  const { published, dropped, last } = await playToTheEnd(file, 300);
  assert.equal(published, 294);
  assert.deepEqual(dropped, { crossed: 3, 'non-increasing-update-id': 3 });
  // Mid 61,837.635, half a least spread 0.05, mark-up 12.367527.
  assert.deepEqual([last?.bid, last?.ask, last?.price], ['61825.2', '61850.1', 61_837.65]);
  assert.equal(last?.source, 'replay');
});

const absent = existsSync(recording) ? false : `the recording is absent: ${recording}`;

test('the whole recording of BTC and ETH: every line is accounted for', { skip: absent }, async () => {
  const { published, dropped } = await playToTheEnd(recording, recordedLines);
  // Real quotes of a quiet hour: next to nothing is beyond belief.
  assert.deepEqual(Object.keys(dropped), ['spread-too-wide']);
  assert.ok(published > recordedLines * 0.999, `${published} of ${recordedLines} published`);
});
