import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { newGroup, until } from '../contract/helpers.ts';
import type { Consumer } from '../port.ts';
import { EmbeddedBroker } from './broker.ts';

const topic = 'topic';
const keys = ['SOL_USDC', 'BTC_USDC', 'ETH_USDC', 'DOGE_USDC', 'BNB_USDC'];

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), key: fc.constantFrom(...keys) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('fail', 'join', 'leave', 'interrupt', 'rest') }) },
);

it('loses nothing and keeps each key in order, with failing handlers, members that come and go, and outages', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }),
      async (partitions, batchSizeMax, steps) => {
        const broker = new EmbeddedBroker();
        const kafka = broker.connect();
        await kafka.ensureTopics([{ name: topic, partitions }]);
        const groupId = newGroup();
        const sent = new Map<string, number>();
        /** Per key, the values of batches that succeeded, as they came. */
        const handled = new Map<string, number[]>();
        const inHand = new Set<number>();
        let failures = 0;
        let shared = false;
        let interrupted = 0;

        const join = () =>
          kafka.consume({
            groupId,
            topics: [topic],
            from: 'earliest',
            batchSizeMax,
            onBatch: async (records) => {
              const partition = records[0]?.partition ?? -1;
              shared ||= inHand.has(partition);
              inHand.add(partition);
              await new Promise((resolve) => setImmediate(resolve));
              inHand.delete(partition);
              if (failures > 0) {
                failures -= 1;
                throw new Error('may pass');
              }
              for (const { key, value } of records) {
                handled.set(key, [...(handled.get(key) ?? []), Number(value)]);
              }
            },
          });

        const members: Consumer[] = [join()];
        const leaving: Promise<void>[] = [];
        for (const next of steps) {
          if ('key' in next) {
            const number = sent.get(next.key) ?? 0;
            sent.set(next.key, number + 1);
            await kafka.send(topic, [{ key: next.key, value: String(number) }]);
          } else if (next.do === 'fail') failures += 1;
          else if (next.do === 'join') members.push(join());
          else if (next.do === 'leave') {
            const leaver = members.shift();
            if (leaver !== undefined) leaving.push(leaver.close());
          } else if (next.do === 'interrupt') {
            broker.interrupt();
            interrupted += 1;
            await new Promise((resolve) => setImmediate(resolve));
            broker.restore();
          } else await new Promise((resolve) => setImmediate(resolve));
        }
        members.push(join());
        const count = () => [...handled].reduce((total, [, values]) => total + new Set(values).size, 0);
        const total = [...sent.values()].reduce((sum, number) => sum + number, 0);
        await until('all handled', () => count() === total);
        await Promise.all([...leaving, ...members.map((member) => member.close())]);

        assert.ok(!shared, 'two members in one partition at once');
        for (const [key, number] of sent) {
          const values = handled.get(key) ?? [];
          assert.deepEqual(
            [...new Set(values)],
            Array.from({ length: number }, (_, index) => index),
            `order of ${key}`,
          );
          if (interrupted === 0) assert.equal(values.length, number, `${key} came again without need`);
        }
        await kafka.close();
      },
    ),
    { numRuns: 25 },
  );
});
