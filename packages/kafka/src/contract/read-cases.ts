import assert from 'node:assert/strict';
import { it } from 'node:test';
import { UnknownTopicError } from '../port.ts';
import { collect, inTime, newGroup, newTopic, numbered, readSome, send, until, valuesOf } from './helpers.ts';
import type { Tested } from './kafka-under-test.ts';

/** Reading a partition from an explicit offset. */
export function readCases(tested: Tested): void {
  it('reads again from any offset, in order', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', numbered(0, 1_200));
    assert.deepEqual(valuesOf(await readSome(kafka, { topic }, 1_200)), numbered(0, 1_200));
    const replayed = await readSome(kafka, { topic, offset: 700 }, 500);
    assert.deepEqual(valuesOf(replayed), numbered(700, 1_200));
    assert.deepEqual(
      replayed.map(({ offset }) => offset),
      numbered(700, 1_200).map(Number),
    );
  });

  it('reads only the partition it is asked for', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 3);
    for (const key of numbered(0, 30)) await send(kafka, topic, key, [key]);
    const ends = await kafka.endOffsets(topic);
    const parts = await Promise.all(ends.map((end, partition) => readSome(kafka, { topic, partition }, end)));
    parts.forEach((records, partition) => {
      assert.ok(records.every((record) => record.partition === partition));
    });
    assert.deepEqual(parts.flatMap(valuesOf).map(Number).sort(ascending), numbered(0, 30).map(Number));
  });

  it('waits at the end for what comes, and ends when the signal aborts', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['before']);
    const [end] = await kafka.endOffsets(topic);
    const stop = new AbortController();
    const read: string[] = [];
    const reading = (async () => {
      for await (const records of kafka.read({ topic, partition: 0, offset: end ?? 0, signal: stop.signal })) {
        assert.ok(records.length > 0);
        read.push(...valuesOf(records));
      }
    })();
    await send(kafka, topic, 'key', ['one']);
    await until('the first record', () => read.length === 1);
    await send(kafka, topic, 'key', ['two', 'three']);
    await until('all records', () => read.length === 3);
    stop.abort();
    await inTime('the read to end', reading);
    assert.deepEqual(read, ['one', 'two', 'three']);
  });

  it('ends at once when the signal has aborted', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['unread']);
    const batches = kafka.read({ topic, partition: 0, offset: 0, signal: AbortSignal.abort() })[Symbol.asyncIterator]();
    const next = await inTime('the read to end', batches.next());
    assert.equal(next.done, true);
  });

  it('may be left in the middle', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['one', 'two']);
    const { signal } = new AbortController();
    for await (const records of kafka.read({ topic, partition: 0, offset: 1, signal })) {
      assert.deepEqual(valuesOf(records), ['two']);
      break;
    }
  });

  it('serves readers and groups independently', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', numbered(0, 20));
    const { consumer, handled } = await collect(kafka, { groupId: newGroup(), topics: [topic] });
    const [one, two] = await Promise.all([
      readSome(kafka, { topic, offset: 5 }, 15),
      readSome(kafka, { topic, offset: 10 }, 10),
    ]);
    await until('the group to have everything', () => handled.length === 20);
    assert.deepEqual(valuesOf(one), numbered(5, 20));
    assert.deepEqual(valuesOf(two), numbered(10, 20));
    await consumer.close();
  });

  it('refuses a partition that does not exist and an offset beyond the end', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 2);
    await assert.rejects(readSome(kafka, { topic, partition: 2 }, 1), UnknownTopicError);
    await assert.rejects(readSome(kafka, { topic, offset: 1 }, 1), RangeError);
    await assert.rejects(readSome(kafka, { topic, offset: -1 }, 1), RangeError);
  });
}

const ascending = (a: number, b: number): number => a - b;
