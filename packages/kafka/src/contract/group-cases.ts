import assert from 'node:assert/strict';
import { it } from 'node:test';
import { collect, distinct, keyPerPartition, newGroup, newTopic, numbered, send, until, valuesOf } from './helpers.ts';
import type { Tested } from './kafka-under-test.ts';

/** Several consumers. A rebalance may bring records again, so these cases count distinct ones. */
export function groupCases(tested: Tested): void {
  it('gives every group everything', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 2);
    const [one, two] = [
      await collect(kafka, { groupId: newGroup(), topics: [topic] }),
      await collect(kafka, { groupId: newGroup(), topics: [topic] }),
    ];
    for (const key of numbered(0, 20)) await send(kafka, topic, key, [key]);
    await until('both to have all', () => one.handled.length >= 20 && two.handled.length >= 20);
    for (const { handled } of [one, two]) {
      assert.deepEqual(new Set(valuesOf(handled)), new Set(numbered(0, 20)));
    }
    await Promise.all([one.consumer.close(), two.consumer.close()]);
  });

  it('shares the partitions among the members, each partition with one', async () => {
    const { kafka, second } = tested();
    const other = await second();
    const topic = await newTopic(kafka, 4);
    const groupId = newGroup();
    const one = await collect(kafka, { groupId, topics: [topic] });
    const two = await collect(other, { groupId, topics: [topic] });
    const partitionsOf = async ({ consumer }: typeof one) => (await consumer.lag()).map(({ partition }) => partition);
    await until('two partitions each', async () => {
      const [mine, theirs] = [await partitionsOf(one), await partitionsOf(two)];
      return mine.length === 2 && theirs.length === 2 && new Set([...mine, ...theirs]).size === 4;
    });
    const keys = await keyPerPartition(kafka, 4);
    for (const key of keys)
      await send(
        kafka,
        topic,
        key,
        numbered(0, 5).map((value) => `${key}/${value}`),
      );
    await until('all handled', () => distinct(valuesOf([...one.handled, ...two.handled])).length === 20);
    for (const key of keys) {
      const perMember = [one, two].map(({ handled }) => valuesOf(handled.filter((record) => record.key === key)));
      assert.ok(
        perMember.some((values) => values.length === 0),
        `${key} went to both`,
      );
    }
    await Promise.all([one.consumer.close(), two.consumer.close()]);
    await other.close();
  });

  it('lets members wait when there are more than partitions', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 1);
    const groupId = newGroup();
    const one = await collect(kafka, { groupId, topics: [topic] });
    const two = await collect(kafka, { groupId, topics: [topic] });
    await send(kafka, topic, 'key', ['first']);
    await until('one of them to have it', () => one.handled.length + two.handled.length >= 1);
    await one.consumer.close();
    await send(kafka, topic, 'key', ['second']);
    await until('the other to have the next', () => valuesOf(two.handled).includes('second'));
    await two.consumer.close();
  });

  it('loses nothing and keeps the order while members come and go', async () => {
    const { kafka, second } = tested();
    const other = await second();
    const topic = await newTopic(kafka, 3);
    const keys = await keyPerPartition(kafka, 3);
    const groupId = newGroup();
    const handled: { key: string; value: string }[] = [];
    const join = async (client = kafka) =>
      (
        await collect(client, {
          groupId,
          topics: [topic],
          batchSizeMax: 7,
          onBatch: async (records) => {
            await new Promise((resolve) => setImmediate(resolve));
            handled.push(...records);
          },
        })
      ).consumer;

    let sent = 0;
    let stop = false;
    const sending = (async () => {
      for (; !stop; sent += 1) {
        for (const key of keys) await send(kafka, topic, key, [String(sent)]);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const handledAll = () => new Set(handled.map(({ key, value }) => `${key}/${value}`)).size === sent * keys.length;

    const first = await join();
    const third = await join(other);
    await first.close();
    const fourth = await join();
    await until('a hundred sent', () => sent >= 100);
    stop = true;
    await sending;
    await until('all handled', handledAll);
    for (const key of keys) {
      assert.deepEqual(
        distinct(handled.filter((record) => record.key === key).map(({ value }) => value)),
        numbered(0, sent),
      );
    }
    await Promise.all([third.close(), fourth.close()]);
    await other.close();
  });
}
