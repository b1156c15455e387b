import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConflatingWriter } from './conflating-writer.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { until } from './testing/until.ts';

interface Item {
  readonly asset: string;
  readonly number: number;
}

function writerTo(waitingMax: number) {
  const destination = { away: false, written: [] as Item[][], failures: 0, conflated: 0, release: () => {} };
  const log = recordingLogger();
  let held: Promise<void> | undefined;
  const writer = new ConflatingWriter<Item>({
    destination: 'it',
    logger: log.logger,
    waitingMax,
    write: async (items) => {
      if (destination.away) throw new Error('away');
      destination.written.push([...items]);
      await held;
    },
    onFailure: () => {
      destination.failures += 1;
    },
    onConflated: (count) => {
      destination.conflated += count;
    },
  });
  const hold = () => {
    held = new Promise((resolve) => {
      destination.release = resolve;
    });
  };
  return { writer, destination, messages: log.messages, hold };
}

test('an item is written in the turn in which it comes', () => {
  const { writer, destination } = writerTo(10);
  writer.add({ asset: 'A', number: 1 });
  assert.deepEqual(destination.written, [[{ asset: 'A', number: 1 }]]);
});

test('what comes during a write goes together in the next, in order', async () => {
  const { writer, destination, hold } = writerTo(10);
  hold();
  for (let number = 1; number <= 4; number += 1) writer.add({ asset: 'A', number });
  assert.equal(writer.waiting, 3);
  destination.release();
  await writer.drained();
  assert.deepEqual(
    destination.written.map((items) => items.map((item) => item.number)),
    [[1], [2, 3, 4]],
  );
  assert.equal(writer.waiting, 0);
  assert.equal(destination.conflated, 0);
});

test('more than may wait is reduced to the newest of each asset', async () => {
  const { writer, destination, hold } = writerTo(2);
  hold();
  for (const [number, asset] of ['A', 'A', 'B', 'A', 'B'].entries()) writer.add({ asset, number });
  destination.release();
  await writer.drained();
  const last = destination.written.at(-1)?.toSorted((one, other) => one.number - other.number);
  assert.deepEqual(last, [
    { asset: 'A', number: 3 },
    { asset: 'B', number: 4 },
  ]);
  assert.equal(destination.conflated, 2);
});

test('while the destination is away the newest of each asset waits; an episode is said once', async () => {
  const { writer, destination, messages } = writerTo(10);
  destination.away = true;
  for (let number = 0; number < 1_000; number += 1) writer.add({ asset: 'AB'[number % 2] ?? '', number });
  await until(() => destination.failures >= 3, 'it tried three times');
  destination.away = false;
  await writer.drained();
  const numbers = destination.written.flat().map((item) => item.number);
  assert.deepEqual(new Set(numbers), new Set([998, 999]));
  assert.equal(destination.conflated, 998);
  assert.deepEqual(messages, ['it cannot be written: the newest prices wait', 'it is back']);
});

test('stopping writes what waits when that works, and gives up when it does not', async () => {
  const working = writerTo(10);
  working.hold();
  working.writer.add({ asset: 'A', number: 1 });
  working.writer.add({ asset: 'A', number: 2 });
  working.destination.release();
  await working.writer.stop();
  assert.equal(working.destination.written.flat().length, 2);

  const failing = writerTo(10);
  failing.destination.away = true;
  failing.writer.add({ asset: 'A', number: 1 });
  await failing.writer.stop();
  assert.deepEqual(failing.destination.written, []);
});

test('whatever fails when, each asset stays in order and ends with its newest item', async () => {
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('A', 'B', 'C') },
    { weight: 1, arbitrary: fc.constantFrom('away', 'back', 'turn') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.nat(5), async (actions, waitingMax) => {
      const { writer, destination } = writerTo(waitingMax);
      const newest = new Map<string, number>();
      for (const [number, step] of actions.entries()) {
        if (step === 'away' || step === 'back') destination.away = step === 'away';
        else if (step === 'turn') await Promise.resolve();
        else {
          newest.set(step, number);
          writer.add({ asset: step, number });
        }
      }
      destination.away = false;
      await writer.stop();
      const written = new Map<string, number>();
      for (const { asset, number } of destination.written.flat()) {
        assert.ok(number > (written.get(asset) ?? -1));
        written.set(asset, number);
      }
      assert.deepEqual(written, newest);
      assert.equal(
        destination.written.flat().length + destination.conflated,
        actions.filter((one) => one.length === 1).length,
      );
    }),
  );
});
