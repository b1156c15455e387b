import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Kafka, KafkaUnavailableError } from '../port.ts';
import { collect, distinct, inTime, newGroup, newTopic, numbered, readSome, send, until, valuesOf } from './helpers.ts';
import type { Tested } from './kafka-under-test.ts';

/** Brokers that go away and come back, and clients that are closed. */
export function outageCases(tested: Tested): void {
  it('answers a ping', async () => {
    await tested().kafka.ping();
  });

  it('rejects every call while the brokers are away, and works by itself when they are back', async () => {
    const { kafka, interrupt } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['before']);
    const id = await kafka.topicId(topic);
    const { consumer, handled } = await collect(kafka, { groupId: newGroup(), topics: [topic] });
    await until('the first record', () => handled.length === 1);

    const restore = await interrupt();
    await assertUnavailable(kafka, topic);
    await assert.rejects(inTime('lag', consumer.lag()), KafkaUnavailableError);
    await restore();

    await until('the brokers to answer', () => answers(kafka));
    await send(kafka, topic, 'key', ['after']);
    await until('the consumer to go on', () => valuesOf(handled).includes('after'));
    assert.deepEqual(distinct(valuesOf(handled)), ['before', 'after']);
    assert.equal(await kafka.topicId(topic), id, 'the same log');
    await consumer.close();
  });

  it('ends a read with the error, and the reader may go on where it was', async () => {
    const { kafka, interrupt } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', numbered(0, 3));
    const read: string[] = [];
    const { signal } = new AbortController();
    const reading = (async () => {
      for await (const records of kafka.read({ topic, partition: 0, offset: 0, signal }))
        read.push(...valuesOf(records));
    })();
    const failed = assert.rejects(reading, KafkaUnavailableError);
    await until('three records', () => read.length === 3);
    const restore = await interrupt();
    await inTime('the read to fail', failed);
    await restore();
    await until('the brokers to answer', () => answers(kafka));
    await send(kafka, topic, 'key', ['3']);
    read.push(...valuesOf(await readSome(kafka, { topic, offset: 3 }, 1)));
    assert.deepEqual(read, numbered(0, 4));
  });

  it('lets a consumer that begins during an outage be ready after it', async () => {
    const { kafka, interrupt } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['waiting']);
    const restore = await interrupt();
    const handled: string[] = [];
    const consumer = kafka.consume({
      groupId: newGroup(),
      topics: [topic],
      from: 'earliest',
      onBatch: async (records) => void handled.push(...valuesOf(records)),
    });
    let ready = false;
    const becomesReady = consumer.ready.then(() => {
      ready = true;
    });
    const given = kafka.consume({ groupId: newGroup(), topics: [topic], from: 'earliest', onBatch: async () => {} });
    await inTime('a consumer that never began to close', given.close());
    assert.deepEqual([ready, handled], [false, []]);
    await restore();
    await inTime('ready', becomesReady);
    await until('the record', () => handled.length >= 1);
    assert.deepEqual(distinct(handled), ['waiting']);
    await consumer.close();
  });

  it('keeps a batch that is handled during the outage, and the ones after it', async () => {
    const { kafka, interrupt } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', numbered(0, 3));
    const groupId = newGroup();
    const inHand = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const { consumer, handled } = await collect(kafka, {
      groupId,
      topics: [topic],
      batchSizeMax: 1,
      onBatch: async ([record]) => {
        if (record?.value !== '1') return;
        inHand.resolve();
        await release.promise;
      },
    });
    await inTime('the second record', inHand.promise);
    const restore = await interrupt();
    release.resolve();
    await restore();
    await until('all', () => distinct(valuesOf(handled)).length === 3);
    assert.deepEqual(distinct(valuesOf(handled)), numbered(0, 3));
    await consumer.close();
  });

  it('closes its consumers and reads, and refuses every call afterwards', async () => {
    const { kafka, second } = tested();
    const topic = await newTopic(kafka);
    await send(kafka, topic, 'key', ['one']);
    const client = await second();
    const { handled } = await collect(client, { groupId: newGroup(), topics: [topic] });
    await until('the record', () => handled.length === 1);
    const { signal } = new AbortController();
    const reading = client.read({ topic, partition: 0, offset: 1, signal })[Symbol.asyncIterator]().next();
    const failed = assert.rejects(reading, KafkaUnavailableError);
    await inTime('close', client.close());
    await inTime('the read to fail', failed);
    await assertUnavailable(client, topic);
    await client.close();
    await send(kafka, topic, 'key', ['two']);
    assert.deepEqual(await kafka.endOffsets(topic), [2]);
    assert.equal(handled.length, 1);
  });
}

async function assertUnavailable(kafka: Kafka, topic: string): Promise<void> {
  const calls: Record<string, () => Promise<unknown>> = {
    ensureTopics: () => kafka.ensureTopics([{ name: `${topic}-more`, partitions: 1 }]),
    send: () => send(kafka, topic, 'key', ['lost']),
    read: () => readSome(kafka, { topic }, 1),
    endOffsets: () => kafka.endOffsets(topic),
    topicId: () => kafka.topicId(topic),
    ping: () => kafka.ping(),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(inTime(name, call()), KafkaUnavailableError, name);
  }
}

async function answers(kafka: Kafka): Promise<boolean> {
  return kafka.ping().then(
    () => true,
    () => false,
  );
}
