import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { collect, gate, inTime, newGroup, numbered, readSome, send, until, valuesOf } from '../contract/helpers.ts';
import { recordBytesMax } from '../message-bytes.ts';
import { EmbeddedBroker } from './broker.ts';
import { createEmbeddedKafka } from './create-embedded-kafka.ts';

const topic = 'topic';

describe('the embedded Kafka', () => {
  it('forgets the oldest records beyond its retention; a reader and a group behind move to the oldest kept', async () => {
    const kafka = createEmbeddedKafka({ retention: { recordsMax: 100 } });
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const groupId = newGroup();
    await send(kafka, topic, 'key', ['0']);
    const first = await collect(kafka, { groupId, topics: [topic] });
    await until('the first record', () => first.handled.length === 1);
    await first.consumer.close();
    await send(kafka, topic, 'key', numbered(1, 250));

    const records = await readSome(kafka, { topic, offset: 10 }, 100);
    assert.deepEqual(valuesOf(records), numbered(150, 250));
    assert.equal(records[0]?.offset, 150);
    const behind = await collect(kafka, { groupId, topics: [topic] });
    await until('the kept records', () => behind.handled.length === 100);
    assert.deepEqual(valuesOf(behind.handled), numbered(150, 250));
    await kafka.close();
  });

  it('tells the lag of a blocked group without the records that are gone', async () => {
    const kafka = createEmbeddedKafka({ retention: { recordsMax: 10 } });
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const { opened, open } = gate();
    const { consumer } = await collect(kafka, { groupId: newGroup(), topics: [topic], onBatch: () => opened });
    await send(kafka, topic, 'key', numbered(0, 25));
    assert.deepEqual(await consumer.lag(), [{ topic, partition: 0, lag: 10 }]);
    open();
    await kafka.close();
  });

  it('bounds what it keeps by bytes too', async () => {
    const kafka = createEmbeddedKafka({ retention: { bytesMax: 2 * recordBytesMax } });
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const half = 'x'.repeat(recordBytesMax / 2);
    for (let sent = 0; sent < 8; sent += 1) await send(kafka, topic, '', [half]);
    const records = await readSome(kafka, { topic }, 4);
    assert.deepEqual(
      records.map(({ offset }) => offset),
      [4, 5, 6, 7],
    );
    await kafka.close();
  });

  it('refuses a record that Kafka would, and with it the messages beside it', async () => {
    const kafka = createEmbeddedKafka();
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    await assert.rejects(send(kafka, topic, 'key', ['small', 'x'.repeat(recordBytesMax)]), RangeError);
    assert.deepEqual(await kafka.endOffsets(topic), [0]);
    await kafka.close();
  });

  it('refuses retention that cannot hold a record, and topics without partitions', async () => {
    assert.throws(() => createEmbeddedKafka({ retention: { bytesMax: 1_000 } }), RangeError);
    assert.throws(() => createEmbeddedKafka({ retention: { recordsMax: 0 } }), RangeError);
    const kafka = createEmbeddedKafka();
    for (const partitions of [0, 1.5, Number.NaN]) {
      await assert.rejects(kafka.ensureTopics([{ name: topic, partitions }]), RangeError);
    }
    await kafka.close();
  });

  it('gives a topic of another broker another id', async () => {
    const [one, two] = [createEmbeddedKafka(), createEmbeddedKafka()];
    for (const kafka of [one, two]) await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    assert.notEqual(await one.topicId(topic), await two.topicId(topic));
    await Promise.all([one.close(), two.close()]);
  });

  it('hands a record over in microtasks, before any timer or socket', async () => {
    const kafka = createEmbeddedKafka();
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const { handled } = await collect(kafka, { groupId: newGroup(), topics: [topic] });
    const reading = kafka
      .read({ topic, partition: 0, offset: 0, signal: new AbortController().signal })
      [Symbol.asyncIterator]()
      .next();
    let macrotasks = 0;
    const timer = setInterval(() => {
      macrotasks += 1;
    }, 0);
    const before = macrotasks;
    const sent = send(kafka, topic, 'key', ['now']);
    assert.deepEqual(valuesOf((await reading).value ?? []), ['now']);
    for (let microtask = 0; microtask < 50; microtask += 1) await Promise.resolve();
    assert.deepEqual(valuesOf(handled), ['now']);
    assert.equal(macrotasks, before);
    clearInterval(timer);
    await sent;
    await kafka.close();
  });

  it('lets timers run beside a producer and a consumer that never rest', async () => {
    const kafka = createEmbeddedKafka();
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const { handled } = await collect(kafka, { groupId: newGroup(), topics: [topic] });
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    let sent = 0;
    // Far more than can be sent while the timer is due, and an end for a broker that starves it.
    while (!fired && sent < 2_000_000) {
      await send(kafka, topic, 'key', ['']);
      sent += 1;
    }
    assert.ok(fired, `${sent} records sent before the timer`);
    await until('all handled', () => handled.length === sent);
    await kafka.close();
  });

  it('lets timers run while a group or a reader catches up', async () => {
    const kafka = createEmbeddedKafka();
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const records = 25_000;
    await send(kafka, topic, 'key', numbered(0, records));
    let left = records;
    let leftAtTimer = 0;
    const begin = () => {
      left = records;
      leftAtTimer = 0;
      setTimeout(() => {
        leftAtTimer = left;
      }, 1);
    };
    const work = (batch: readonly unknown[]) => {
      left -= batch.length;
      const until = performance.now() + 1;
      while (performance.now() < until);
    };

    begin();
    await collect(kafka, { groupId: newGroup(), topics: [topic], onBatch: async (batch) => work(batch) });
    await until('the group to catch up', () => left === 0);
    assert.ok(leftAtTimer > 0, 'beside the group');

    begin();
    const { signal } = new AbortController();
    for await (const batch of kafka.read({ topic, partition: 0, offset: 0, signal })) {
      work(batch);
      if (left === 0) break;
    }
    assert.ok(leftAtTimer > 0, 'beside the reader');
    await kafka.close();
  });

  it('brings a batch again whose offset could not be stored', async () => {
    const broker = new EmbeddedBroker();
    const kafka = broker.connect();
    await kafka.ensureTopics([{ name: topic, partitions: 1 }]);
    const groupId = newGroup();
    const [begun, released] = [gate(), gate()];
    const first = await collect(kafka, {
      groupId,
      topics: [topic],
      onBatch: async () => {
        begun.open();
        await released.opened;
      },
    });
    await send(kafka, topic, 'key', ['twice']);
    await inTime('the batch', begun.opened);
    broker.interrupt();
    released.open();
    await until('the batch to be handled', () => first.handled.length === 1);
    await first.consumer.close();
    broker.restore();
    const second = await collect(kafka, { groupId, topics: [topic] });
    await until('it to come again', () => second.handled.length === 1);
    await kafka.close();
  });

  it('finishes the batch in hand before a partition moves, and brings nothing again', async () => {
    const kafka = new EmbeddedBroker().connect();
    await kafka.ensureTopics([{ name: topic, partitions: 2 }]);
    const groupId = newGroup();
    for (const key of numbered(0, 20)) await send(kafka, topic, key, [key]);
    const { opened, open } = gate();
    const one = await collect(kafka, { groupId, topics: [topic], batchSizeMax: 3, onBatch: () => opened });
    const two = collect(kafka, { groupId, topics: [topic], batchSizeMax: 3 });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      (await one.consumer.lag()).map(({ partition }) => partition),
      [0, 1],
      'both are still here: their batches are in hand',
    );
    open();
    const { handled, consumer } = await two;
    await until('all handled', () => one.handled.length + handled.length === 20);
    assert.equal(new Set(valuesOf([...one.handled, ...handled])).size, 20);
    assert.deepEqual([(await one.consumer.lag()).length, (await consumer.lag()).length], [1, 1]);
    await kafka.close();
  });

  it('lets a handler that finishes while the client closes still send', async () => {
    const broker = new EmbeddedBroker();
    const [kafka, other] = [broker.connect(), broker.connect()];
    await kafka.ensureTopics([
      { name: topic, partitions: 1 },
      { name: 'answers', partitions: 1 },
    ]);
    const begun = gate();
    await collect(kafka, {
      groupId: newGroup(),
      topics: [topic],
      onBatch: async (_, signal) => {
        begun.open();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await send(kafka, 'answers', 'key', ['answer']);
      },
    });
    await send(kafka, topic, 'key', ['question']);
    await inTime('the question', begun.opened);
    await inTime('close', kafka.close());
    assert.deepEqual(await other.endOffsets('answers'), [1]);
    await other.close();
  });
});
