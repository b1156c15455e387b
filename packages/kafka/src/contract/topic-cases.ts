import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { UnknownTopicError } from '../port.ts';
import { inTime, newGroup, newTopic, numbered, readSome, send, valuesOf } from './helpers.ts';
import type { Tested } from './kafka-under-test.ts';

/** Topics and sending. */
export function topicCases(tested: Tested): void {
  it('creates the topics that are missing and leaves the others as they are', async () => {
    const { kafka } = tested();
    const first = `contract-${randomUUID()}`;
    const second = `contract-${randomUUID()}`;
    await kafka.ensureTopics([{ name: first, partitions: 3 }]);
    await send(kafka, first, 'key', ['kept']);
    await kafka.ensureTopics([
      { name: first, partitions: 5 },
      { name: second, partitions: 2 },
    ]);
    assert.equal((await kafka.endOffsets(first)).length, 3);
    assert.equal(sum(await kafka.endOffsets(first)), 1);
    assert.deepEqual(await kafka.endOffsets(second), [0, 0]);
  });

  it('creates a topic once when two clients ask at the same time', async () => {
    const { kafka, second } = tested();
    const other = await second();
    const name = `contract-${randomUUID()}`;
    await Promise.all([kafka, other].map((client) => client.ensureTopics([{ name, partitions: 2 }])));
    assert.equal(await kafka.topicId(name), await other.topicId(name));
    await other.close();
  });

  it('gives each topic an id that every client sees', async () => {
    const { kafka, second } = tested();
    const [one, two] = [await newTopic(kafka), await newTopic(kafka)];
    const other = await second();
    assert.ok((await kafka.topicId(one)).length > 0);
    assert.equal(await kafka.topicId(one), await other.topicId(one));
    assert.notEqual(await kafka.topicId(one), await kafka.topicId(two));
    await other.close();
  });

  it('refuses a topic that was never created', async () => {
    const { kafka } = tested();
    const topic = `contract-${randomUUID()}`;
    await assert.rejects(kafka.send(topic, [{ key: 'key', value: 'value' }]), UnknownTopicError);
    await assert.rejects(kafka.endOffsets(topic), UnknownTopicError);
    await assert.rejects(kafka.topicId(topic), UnknownTopicError);
    await assert.rejects(readSome(kafka, { topic }, 1), UnknownTopicError);
    const consumer = kafka.consume({ groupId: newGroup(), topics: [topic], from: 'latest', onBatch: async () => {} });
    await assert.rejects(inTime('ready', consumer.ready), UnknownTopicError);
    await consumer.close();
    await assert.rejects(kafka.endOffsets(topic), UnknownTopicError, 'asking must not have created it');
  });

  it('asks before it writes, and writes nothing after a no', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    let asked = 0;
    await kafka.send(topic, [{ key: 'key', value: 'yes' }], { beforeWrite: () => (asked += 1) });
    assert.equal(asked, 1);
    const refuse = () => {
      throw new RangeError('no longer');
    };
    await assert.rejects(kafka.send(topic, [{ key: 'key', value: 'no' }], { beforeWrite: refuse }), RangeError);
    await send(kafka, topic, 'key', ['after']);
    assert.deepEqual(valuesOf(await readSome(kafka, { topic }, 2)), ['yes', 'after']);
  });

  it('keeps key, value, headers and place of each record', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    const headers = { 'request-id': 'r-1', trace: 'ünïcode ✓' };
    await kafka.send(topic, [
      { key: 'first', value: '{"price":"195.82"}', headers },
      { key: 'ключ', value: 'naïve 🎯' },
      { key: '', value: '' },
    ]);
    headers.trace = 'changed after it was sent';
    const records = await readSome(kafka, { topic }, 3);
    assert.deepEqual(
      records.map((record) => ({ ...record, timestamp: undefined })),
      [
        { offset: 0, key: 'first', value: '{"price":"195.82"}', headers: { 'request-id': 'r-1', trace: 'ünïcode ✓' } },
        { offset: 1, key: 'ключ', value: 'naïve 🎯', headers: {} },
        { offset: 2, key: '', value: '', headers: {} },
      ].map((expected) => ({ ...expected, topic, partition: 0, timestamp: undefined })),
    );
    assert.ok(records.every(({ timestamp }) => Number.isInteger(timestamp) && timestamp > 1_600_000_000_000));
  });

  it('keeps a value of 500,000 characters whole', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    const value = 'abcdefghij'.repeat(50_000);
    await send(kafka, topic, 'key', [value]);
    const [record] = await readSome(kafka, { topic }, 1);
    assert.ok(record?.value === value);
  });

  it('takes an empty list of messages', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await kafka.send(topic, []);
    assert.deepEqual(await kafka.endOffsets(topic), [0]);
  });

  it("puts keys where Kafka's default partitioner does", async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 6);
    // The hashes are from Kafka's own UtilsTest; the partition is toPositive(murmur2(key)) % partitions.
    const hashes = {
      '21': -973932308,
      foobar: -790332482,
      abc: 479470107,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
    };
    for (const [key, hash] of Object.entries(hashes)) {
      const before = await kafka.endOffsets(topic);
      await send(kafka, topic, key, [key]);
      const after = await kafka.endOffsets(topic);
      assert.equal(
        after.findIndex((end, index) => end !== before[index]),
        (hash & 0x7fffffff) % 6,
        key,
      );
    }
  });

  it('keeps the order of sends begun one after the other, awaited or not', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 3);
    await Promise.all(numbered(0, 50).map((value) => send(kafka, topic, 'key', [value, `${value}b`])));
    const ends = await kafka.endOffsets(topic);
    const partition = ends.findIndex((end) => end > 0);
    assert.equal(ends[partition], 100, 'one key, one partition');
    const records = await readSome(kafka, { topic, partition }, 100);
    assert.deepEqual(
      valuesOf(records),
      numbered(0, 50).flatMap((value) => [value, `${value}b`]),
    );
  });

  it('loses nothing of two clients that send at once', async () => {
    const { kafka, second } = tested();
    const topic = await newTopic(kafka);
    const other = await second();
    await Promise.all([
      ...numbered(0, 50).map((value) => send(kafka, topic, 'one', [`one-${value}`])),
      ...numbered(0, 50).map((value) => send(other, topic, 'two', [`two-${value}`])),
    ]);
    const values = valuesOf(await readSome(kafka, { topic }, 100));
    for (const from of ['one', 'two']) {
      assert.deepEqual(
        values.filter((value) => value.startsWith(from)),
        numbered(0, 50).map((value) => `${from}-${value}`),
      );
    }
    await other.close();
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
