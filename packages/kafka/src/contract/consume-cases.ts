import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaRecord } from '../port.ts';
import {
  collect,
  distinct,
  gate,
  inTime,
  keyPerPartition,
  newGroup,
  newTopic,
  numbered,
  send,
  until,
  valuesOf,
} from './helpers.ts';
import type { Tested } from './kafka-under-test.ts';

/** One consumer of a group: batches, failures, offsets. */
export function consumeCases(tested: Tested): void {
  it('hands a new group everything, or what comes from now on', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['before']);
    const all = await collect(kafka, { groupId: newGroup(), topics: [topic], from: 'earliest' });
    const late = await collect(kafka, { groupId: newGroup(), topics: [topic], from: 'latest' });
    await send(kafka, topic, 'key', ['after']);
    await until('both to have the last', () => all.handled.length === 2 && late.handled.length >= 1);
    assert.deepEqual(valuesOf(all.handled), ['before', 'after']);
    assert.deepEqual(valuesOf(late.handled), ['after']);
    await Promise.all([all.consumer.close(), late.consumer.close()]);
  });

  it('goes on after a close where the group was', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    const groupId = newGroup();
    await send(kafka, topic, 'key', numbered(0, 10));
    const first = await collect(kafka, { groupId, topics: [topic] });
    await until('the first ten', () => first.handled.length === 10);
    await first.consumer.close();
    await send(kafka, topic, 'key', numbered(10, 20));
    // `latest` is for a group without a stored offset; this one has one.
    const second = await collect(kafka, { groupId, topics: [topic], from: 'latest' });
    await until('the other ten', () => second.handled.length >= 10);
    assert.deepEqual(valuesOf(second.handled), numbered(10, 20));
    assert.equal(first.handled.length, 10, 'nothing comes after close');
    await second.consumer.close();
  });

  it('consumes several topics', async () => {
    const { kafka } = tested();
    const topics = [await newTopic(kafka), await newTopic(kafka, 2)];
    const { consumer, handled } = await collect(kafka, { groupId: newGroup(), topics });
    for (const topic of topics) await send(kafka, topic, 'key', [topic]);
    await until('one of each', () => handled.length === 2);
    assert.deepEqual(handled.map(({ topic }) => topic).sort(), [...topics].sort());
    await consumer.close();
  });

  it('hands over batches of one partition, in order, never two at once, none too large', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 3);
    const keys = await keyPerPartition(kafka, 3);
    for (const key of keys) await send(kafka, topic, key, numbered(0, 25));
    const busy = new Set<number>();
    const wrong: string[] = [];
    const { consumer, handled } = await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      batchSizeMax: 10,
      onBatch: async (records) => {
        const partition = records[0]?.partition ?? -1;
        if (records.length > 10) wrong.push(`${records.length} records`);
        if (records.some((record) => record.partition !== partition)) wrong.push('two partitions in a batch');
        if (busy.has(partition)) wrong.push(`two batches of partition ${partition} at once`);
        busy.add(partition);
        await new Promise((resolve) => setImmediate(resolve));
        busy.delete(partition);
      },
    });
    await until('all records', () => handled.length === 75);
    assert.deepEqual(wrong, []);
    for (const key of keys) assert.deepEqual(valuesOf(handled.filter((record) => record.key === key)), numbered(0, 25));
    await consumer.close();
  });

  it('hands over at most 500 records unless told', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', numbered(0, 1_100));
    const sizes: number[] = [];
    const { consumer, handled } = await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      onBatch: async (records) => void sizes.push(records.length),
    });
    await until('all records', () => handled.length === 1_100);
    assert.ok(Math.max(...sizes) <= 500, `batches of ${sizes.join()}`);
    await consumer.close();
  });

  it('runs partitions concurrently', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 2);
    const [slow = '', quick = ''] = await keyPerPartition(kafka, 2);
    const { opened, open } = gate();
    const { consumer, handled } = await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      onBatch: async ([record]) => {
        if (record?.key === slow) await opened;
        else open();
      },
    });
    await send(kafka, topic, slow, ['waits for the other']);
    await send(kafka, topic, quick, ['lets it go']);
    await until('both', () => handled.length === 2);
    await consumer.close();
  });

  it('lets records that come within the batch interval join the next batch', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    let batches = 0;
    const { consumer, handled } = await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      batchIntervalMs: 200,
      onBatch: async () => {
        batches += 1;
      },
    });
    for (const value of numbered(0, 40)) {
      await send(kafka, topic, 'key', [value]);
      // Long enough for an adapter that does not wait to hand each over alone.
      await delay(2);
    }
    await until('all records', () => handled.length === 40);
    assert.deepEqual(valuesOf(handled), numbered(0, 40));
    assert.ok(batches <= 20, `${batches} batches`);
    await consumer.close();
  });

  it('brings a rejected batch again, stops only its partition, and tells of each failure', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 2);
    const [broken = '', whole = ''] = await keyPerPartition(kafka, 2);
    const failures: { message: string; attempt: number }[] = [];
    const offered: KafkaRecord[][] = [];
    let repaired = false;
    const { consumer, handled } = await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      batchSizeMax: 2,
      onBatch: async (records) => {
        if (records[0]?.key !== broken || repaired) return;
        offered.push([...records]);
        throw new Error('the database is away');
      },
      onFailure: (error, attempt) => failures.push({ message: (error as Error).message, attempt }),
    });
    await send(kafka, topic, broken, numbered(0, 5));
    await until('two tries', () => failures.length >= 2);
    await send(kafka, topic, whole, numbered(0, 5));
    await until('the other partition', () => handled.length === 5);
    assert.ok(handled.every(({ key }) => key === whole));
    assert.deepEqual(failures.slice(0, 2), [
      { message: 'the database is away', attempt: 1 },
      { message: 'the database is away', attempt: 2 },
    ]);
    for (const batch of offered) assert.deepEqual(batch, offered[0], 'the same records come again');
    repaired = true;
    await until('everything', () => handled.length >= 10);
    assert.deepEqual(distinct(valuesOf(handled.filter(({ key }) => key === broken))), numbered(0, 5));
    await consumer.close();
  });

  it('tells the lag of its partitions', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka, 2);
    const [blocked = '', free = ''] = await keyPerPartition(kafka, 2);
    await send(kafka, topic, blocked, numbered(0, 7));
    await send(kafka, topic, free, numbered(0, 3));
    const { opened, open } = gate();
    const { consumer } = await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      onBatch: async ([record]) => (record?.key === blocked ? opened : undefined),
    });
    const lags = async () => Object.fromEntries((await consumer.lag()).map(({ partition, lag }) => [partition, lag]));
    await until('one partition done', async () => (await lags())[1] === 0);
    assert.deepEqual(await lags(), { 0: 7, 1: 0 });
    assert.ok((await consumer.lag()).every((of) => of.topic === topic));
    open();
    await until('no lag', async () => (await lags())[0] === 0);
    await consumer.close();
  });

  it('finishes the batch in hand before it closes', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    const groupId = newGroup();
    await send(kafka, topic, 'key', ['in hand']);
    const [begun, released] = [gate(), gate()];
    let signalled = false;
    const { consumer, handled } = await collect(kafka, {
      groupId,
      topics: [topic],
      onBatch: async (_, signal) => {
        signal.addEventListener('abort', () => {
          signalled = true;
        });
        begun.open();
        await released.opened;
      },
    });
    await inTime('the batch', begun.opened);
    let closed = false;
    const closing = consumer.close().then(() => {
      closed = true;
    });
    await until('the handler to be told', () => signalled);
    assert.equal(closed, false);
    released.open();
    await inTime('close', closing);
    assert.deepEqual(valuesOf(handled), ['in hand']);
    await send(kafka, topic, 'key', ['next']);
    const after = await collect(kafka, { groupId, topics: [topic] });
    await until('the next record', () => after.handled.length > 0);
    assert.deepEqual(valuesOf(after.handled), ['next'], 'the offset was stored');
    await after.consumer.close();
  });

  it('leaves to the next member what a handler gave up', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    const groupId = newGroup();
    await send(kafka, topic, 'key', ['given up']);
    const begun = gate();
    const { consumer, handled } = await collect(kafka, {
      groupId,
      topics: [topic],
      onBatch: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('closing')));
          begun.open();
        }),
    });
    await inTime('the batch', begun.opened);
    await inTime('close', consumer.close());
    assert.equal(handled.length, 0);
    const after = await collect(kafka, { groupId, topics: [topic] });
    await until('it to come again', () => after.handled.length === 1);
    await after.consumer.close();
  });

  it('closes before it is ready, and twice', async () => {
    const { kafka } = tested();
    const topic = await newTopic(kafka);
    const consumer = kafka.consume({ groupId: newGroup(), topics: [topic], from: 'earliest', onBatch: async () => {} });
    await inTime('close', Promise.all([consumer.close(), consumer.close()]));
    await inTime('ready', consumer.ready);
    assert.deepEqual(await consumer.lag(), []);
  });
}
