import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { type KafkaFaultProxy, startKafkaFaultProxy } from '@repo/testing/faults';
import {
  collect,
  distinct,
  gate,
  keyPerPartition,
  newGroup,
  newTopic,
  numbered,
  readSome,
  send,
  until,
  valuesOf,
} from '../contract/helpers.ts';
import { EmbeddedBroker } from '../embedded/broker.ts';
import type { ConsumeOptions, Kafka, KafkaRecord } from '../port.ts';
import { createApacheKafka } from './create-apache-kafka.ts';
import { brokersUnderTest } from './testing/brokers.ts';

const partitions = 6;

describe('Apache Kafka in several processes', () => {
  let kafka: Kafka;
  /** The network of the member that suffers. */
  let proxy: KafkaFaultProxy;
  const clients: Kafka[] = [];
  const connect = (brokers = brokersUnderTest(), onTrouble?: (message: string) => void): Kafka => {
    const client = createApacheKafka({ brokers, clientId: 'rebalance', ...(onTrouble && { onTrouble }) });
    clients.push(client);
    return client;
  };
  const lagOf = async (consumer: { lag(): Promise<readonly { partition: number }[]> }) =>
    (await consumer.lag()).map(({ partition }) => partition);

  before(async () => {
    kafka = connect();
    proxy = await startKafkaFaultProxy(brokersUnderTest());
  });
  after(async () => {
    await proxy?.restore();
    await Promise.all(clients.map((client) => client.close()));
    await proxy?.close();
  });

  it('puts keys where the embedded broker does', async () => {
    const embedded = new EmbeddedBroker().connect();
    const topic = await newTopic(kafka, partitions);
    await embedded.ensureTopics([{ name: topic, partitions }]);
    const keys = [...numbered(0, 200), 'SOL_USDC', 'trader@example.com', 'žluťoučký', '🎯', ''];
    const messages = keys.map((key) => ({ key, value: key }));
    await Promise.all([kafka.send(topic, messages), embedded.send(topic, messages)]);
    const ends = await kafka.endOffsets(topic);
    assert.deepEqual(ends, await embedded.endOffsets(topic));
    for (const [partition, count] of ends.entries()) {
      const [real, twin] = await Promise.all(
        [kafka, embedded].map((client) => readSome(client, { topic, partition }, count)),
      );
      assert.deepEqual(valuesOf(real ?? []), valuesOf(twin ?? []));
    }
  });

  it('appends each record once and in order while connections are reset', async () => {
    const client = connect(proxy.brokers);
    const topic = await newTopic(kafka, partitions);
    const keys = await keyPerPartition(kafka, partitions);
    let stop = false;
    const resetting = (async () => {
      while (!stop) {
        await delay(30);
        proxy.reset();
      }
    })();
    const accepted = keys.map((): string[] => []);
    await Promise.all(
      keys.map(async (key, partition) => {
        for (const value of numbered(0, 150)) {
          await client.send(topic, [{ key, value }]).then(
            () => accepted[partition]?.push(value),
            () => {},
          );
        }
      }),
    );
    stop = true;
    await resetting;
    const ends = await kafka.endOffsets(topic);
    for (const [partition, end] of ends.entries()) {
      const values = valuesOf(await readSome(kafka, { topic, partition }, end));
      assert.equal(new Set(values).size, values.length, 'nothing twice');
      assert.deepEqual(
        values,
        values
          .map(Number)
          .toSorted((a, b) => a - b)
          .map(String),
        'in order',
      );
      const missing = accepted[partition]?.filter((value) => !values.includes(value));
      assert.deepEqual(missing, [], 'nothing acknowledged is lost');
    }
  });

  it('begins nothing anew when partitions move', async () => {
    const topic = await newTopic(kafka, partitions);
    const groupId = newGroup();
    const keys = await keyPerPartition(kafka, partitions);
    for (const key of keys) await send(kafka, topic, key, numbered(0, 50));
    const one = await collect(kafka, { groupId, topics: [topic] });
    await until('everything', () => one.handled.length === 50 * partitions);
    const two = await collect(connect(), { groupId, topics: [topic], from: 'earliest' });
    const three = await collect(connect(), { groupId, topics: [topic], from: 'latest' });
    await until('two partitions each', async () => {
      const owned = await Promise.all([one, two, three].map(({ consumer }) => lagOf(consumer)));
      return owned.every((mine) => mine.length === 2);
    });
    for (const key of keys) await send(kafka, topic, key, ['new']);
    await until(
      'the new ones',
      () => one.handled.length + two.handled.length + three.handled.length >= 51 * partitions,
    );
    await one.consumer.close();
    await two.consumer.close();
    for (const key of keys) await send(kafka, topic, key, ['newer']);
    await until(
      'the newer ones',
      () => valuesOf(three.handled).filter((value) => value === 'newer').length >= partitions,
    );
    const moved = [...two.handled, ...three.handled];
    assert.ok(
      moved.every(({ offset }) => offset >= 50),
      `offsets ${moved.map(({ offset }) => offset).join()}`,
    );
    assert.equal(one.handled.length + moved.length, 52 * partitions, 'orderly moves bring nothing again');
    await three.consumer.close();
  });

  it('keeps a group that began at the end there, wherever its partitions go', async () => {
    const topic = await newTopic(kafka, 1);
    const groupId = newGroup();
    await send(kafka, topic, 'key', ['before']);
    const one = await collect(kafka, { groupId, topics: [topic], from: 'latest' });
    await one.consumer.close();
    await send(kafka, topic, 'key', ['between']);
    const two = await collect(connect(), { groupId, topics: [topic], from: 'latest' });
    await until('what came in between', () => two.handled.length > 0);
    assert.deepEqual(valuesOf(two.handled), ['between']);
    await two.consumer.close();
  });

  it('keeps handling the partitions that stay while another waits for its batch', async () => {
    const topic = await newTopic(kafka, 2);
    const groupId = newGroup();
    const keys = await keyPerPartition(kafka, 2);
    const { opened, open } = gate();
    const signals = new Map<number, AbortSignal>();
    const one = await collect(kafka, {
      groupId,
      topics: [topic],
      onBatch: async ([record], signal) => {
        signals.set(record?.partition ?? -1, signal);
        if (record?.value === 'slow') await opened;
      },
    });
    for (const key of keys) await send(kafka, topic, key, ['slow']);
    await until('both to be in hand', () => signals.size === 2);
    const two = await collect(connect(), { groupId, topics: [topic] });
    await until('one to be wanted back', () => [...signals.values()].filter(({ aborted }) => aborted).length === 1);
    assert.deepEqual(await lagOf(two.consumer), [], 'nobody gets what is in hand');
    open();
    await until('one partition each', async () => (await lagOf(two.consumer)).length === 1);
    assert.equal([...signals.values()].filter(({ aborted }) => aborted).length, 1, 'the other stayed');
    assert.equal(one.handled.length, 2);
    assert.equal(two.handled.length, 0, 'what was handled does not come again');
    await Promise.all([one.consumer.close(), two.consumer.close()]);
  });

  it('replaces a member that is cut off, and takes it back', { timeout: 90_000 }, async () => {
    const topic = await newTopic(kafka, partitions);
    const groupId = newGroup();
    const keys = await keyPerPartition(kafka, partitions);
    const handled: KafkaRecord[] = [];
    const options: Pick<ConsumeOptions, 'groupId' | 'topics' | 'onBatch'> = {
      groupId,
      topics: [topic],
      onBatch: async (records) => void handled.push(...records),
    };
    const troubles: string[] = [];
    const lost = await collect(
      connect(proxy.brokers, (message) => troubles.push(message)),
      options,
    );
    const kept = await collect(connect(), options);
    await until('three partitions each', async () => (await lagOf(kept.consumer)).length === 3);
    let sent = 0;
    const sendOne = async () => {
      for (const key of keys) await send(kafka, topic, key, [String(sent)]);
      sent += 1;
    };
    while (sent < 50) await sendOne();
    proxy.blackHole();
    const cutMs = performance.now();
    while (sent < 100) await sendOne();
    await until('all partitions', async () => (await lagOf(kept.consumer)).length === partitions);
    await until('the backlog', async () => (await kept.consumer.lag()).every(({ lag }) => lag === 0));
    const replacedMs = performance.now() - cutMs;
    assert.ok(replacedMs < 20_000, `replaced after ${replacedMs} ms`);
    await proxy.restore();
    await until('it to be back', async () => (await lagOf(lost.consumer).catch(() => [])).length === 3);
    while (sent < 150) await sendOne();
    const valuesOfKey = (wanted: string) => valuesOf(handled.filter(({ key }) => key === wanted));
    await until('all', () => keys.every((key) => distinct(valuesOfKey(key)).length === sent));
    for (const key of keys) assert.deepEqual(distinct(valuesOfKey(key)), numbered(0, sent), 'in order');
    assert.ok(
      troubles.some((message) => message.includes(groupId)),
      troubles.join(),
    );
    await Promise.all([lost.consumer.close(), kept.consumer.close()]);
  });

  it('reads a topic that was deleted and created anew from its beginning', async () => {
    const topic = await newTopic(kafka, partitions);
    const keys = await keyPerPartition(kafka, partitions);
    const { consumer, handled } = await collect(kafka, { groupId: newGroup(), topics: [topic] });
    for (const key of keys) await send(kafka, topic, key, ['old', 'older']);
    await until('the old ones', () => handled.length === 2 * partitions);
    const id = await kafka.topicId(topic);
    const admin = new Admin({ clientId: 'rebalance', bootstrapBrokers: [...brokersUnderTest()] });
    await admin.deleteTopics({ topics: [topic] });
    await admin.close();
    await until('it to be gone', () =>
      send(kafka, topic, 'key', ['gone']).then(
        () => false,
        () => true,
      ),
    );
    await kafka.ensureTopics([{ name: topic, partitions }]);
    assert.notEqual(await kafka.topicId(topic), id);
    for (const key of keys) await send(kafka, topic, key, ['new']);
    await until('the new ones', () => handled.filter(({ value }) => value === 'new').length === partitions);
    await consumer.close();
  });

  it('answers within 2 s whatever the network does', async () => {
    const client = connect(proxy.brokers);
    const topic = await newTopic(client);
    await send(client, topic, 'key', ['one']);
    const calls: Record<string, () => Promise<unknown>> = {
      send: () => send(client, topic, 'key', ['lost']),
      read: () => readSome(client, { topic }, 1),
      endOffsets: () => client.endOffsets(topic),
      topicId: () => client.topicId(topic),
      ping: () => client.ping(),
      ensureTopics: () => client.ensureTopics([{ name: topic, partitions: 1 }]),
    };
    proxy.blackHole();
    for (const [name, call] of Object.entries(calls)) {
      const begun = performance.now();
      await assert.rejects(call(), name);
      assert.ok(performance.now() - begun < 2_000, `${name}: ${performance.now() - begun} ms`);
    }
    const begun = performance.now();
    await client.close();
    assert.ok(performance.now() - begun < 2_000, 'close');
    await proxy.restore();
  });
});
