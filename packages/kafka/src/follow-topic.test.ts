import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type AuditEvent, topics } from '@repo/schemas';
import { gate, inTime, numbered, until } from './contract/helpers.ts';
import { EmbeddedBroker } from './embedded/broker.ts';
import { createEmbeddedKafka } from './embedded/create-embedded-kafka.ts';
import { type FollowOptions, followTopic } from './follow-topic.ts';
import { partitionOfKey } from './murmur2.ts';
import { type Kafka, KafkaUnavailableError, type ReadOptions, UnknownTopicError } from './port.ts';
import { ensureTopics, publish } from './publisher.ts';

const topic = 'audit-events';
const event = (subject: string): AuditEvent => ({
  id: randomUUID(),
  at: 1_760_297_791_517,
  kind: 'limit-reached',
  subject,
  addressBlock: '192.0.2.1',
});

const partitionOf = (key: string) => partitionOfKey(key, topics[topic].partitions);

function follow(kafka: Kafka, options: Partial<FollowOptions<typeof topic>> = {}) {
  const subjects: string[] = [];
  const follower = followTopic(kafka, {
    topic,
    onMessages: (messages) => void subjects.push(...messages.map(({ message }) => message.subject)),
    ...options,
  });
  return { follower, subjects };
}

describe('followTopic', () => {
  it('gives every follower what is sent once it is ready, of all partitions, each key in order', async () => {
    const kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
    await publish(kafka, topic, 'before', event('before'));
    const followers = [follow(kafka), follow(kafka)];
    for (const { follower } of followers) await follower.ready;
    for (const number of numbered(0, 10)) {
      for (const key of numbered(0, 20)) await publish(kafka, topic, key, event(`${key}/${number}`));
    }
    assert.ok((await kafka.endOffsets(topic)).filter((end) => end > 0).length > 1, 'several partitions');
    for (const { subjects, follower } of followers) {
      await until('all', () => subjects.length === 200);
      for (const key of numbered(0, 20)) {
        assert.deepEqual(
          subjects.filter((subject) => subject.startsWith(`${key}/`)),
          numbered(0, 10).map((number) => `${key}/${number}`),
        );
      }
      await follower.close();
    }
    await kafka.close();
  });

  it('knows how far it is behind', async () => {
    const broker = new EmbeddedBroker();
    const kafka = broker.connect();
    await ensureTopics(kafka);
    await publish(kafka, topic, 'before', event('before'));
    const reading = gate();
    const slow = {
      topicId: (name: string) => kafka.topicId(name),
      endOffsets: (name: string) => kafka.endOffsets(name),
      read: async function* (options: ReadOptions) {
        for await (const records of kafka.read(options)) {
          await reading.opened;
          yield records;
        }
      },
    } as unknown as Kafka;
    const { follower, subjects } = follow(slow);
    await follower.ready;
    const total = async () => (await follower.lag()).reduce((sum, { lag }) => sum + lag, 0);
    await until('all partitions', async () => (await follower.lag()).length === topics[topic].partitions);
    assert.equal(await total(), 0, 'what was there before is not its');
    for (const subject of ['1', '2', '3']) await publish(kafka, topic, 'key', event(subject));
    assert.equal(await total(), 3);
    reading.open();
    await until('all', () => subjects.length === 3);
    assert.equal(await total(), 0);
    broker.interrupt();
    await assert.rejects(follower.lag(), KafkaUnavailableError);
    broker.restore();
    await follower.close();
    await kafka.close();
  });

  it('tells of a record that does not parse, and passes it', async () => {
    const kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
    const invalid: string[] = [];
    const { follower, subjects } = follow(kafka, {
      onInvalid: ({ value }, reason) => invalid.push(`${value}: ${reason}`),
    });
    await follower.ready;
    await kafka.send(topic, [{ key: 'key', value: 'poison' }]);
    await publish(kafka, topic, 'key', event('after'));
    await until('the message behind it', () => subjects.length === 1);
    assert.deepEqual(invalid, ['poison: not JSON']);
    await follower.close();
    await kafka.close();
  });

  it('waits for brokers that are away at the start', async () => {
    const broker = new EmbeddedBroker();
    const kafka = broker.connect();
    await ensureTopics(kafka);
    broker.interrupt();
    const { follower, subjects } = follow(kafka);
    broker.restore();
    await inTime('ready', follower.ready);
    await publish(kafka, topic, 'key', event('after'));
    await until('the message', () => subjects.length === 1);
    await follower.close();
    await kafka.close();
  });

  it('goes on where it was after an outage', async () => {
    const broker = new EmbeddedBroker();
    const kafka = broker.connect();
    await ensureTopics(kafka);
    const { follower, subjects } = follow(kafka);
    await follower.ready;
    for (const round of numbered(0, 5)) {
      await publish(kafka, topic, 'key', event(`${round} before`));
      await until('the message', () => subjects.at(-1) === `${round} before`);
      broker.interrupt();
      await new Promise((resolve) => setImmediate(resolve));
      broker.restore();
      // Sent before the follower has asked again.
      await publish(kafka, topic, 'key', event(`${round} after`));
      await until('the message', () => subjects.at(-1) === `${round} after`);
    }
    assert.deepEqual(
      subjects,
      numbered(0, 5).flatMap((round) => [`${round} before`, `${round} after`]),
    );
    await follower.close();
    await kafka.close();
  });

  it('reads a log with another id from its beginning', async () => {
    const [old, fresh] = [new EmbeddedBroker(), new EmbeddedBroker()];
    let now = old.connect();
    // What a client sees whose brokers come back with their topics created anew.
    const kafka = new Proxy({} as Kafka, {
      get: (_, name: keyof Kafka) => now[name].bind(now),
    });
    await ensureTopics(kafka);
    const lost: string[] = [];
    const { follower, subjects } = follow(kafka, {
      onLost: (partition) => lost.push(`${partition} after ${subjects.length}`),
    });
    await follower.ready;
    await publish(kafka, topic, 'key', event('old'));
    await until('the first', () => subjects.length === 1);
    assert.equal(lost.length, 0);
    now = fresh.connect();
    old.interrupt();
    await ensureTopics(kafka);
    await publish(kafka, topic, 'key', event('fresh'));
    await until('the first of the new log', () => subjects.length === 2);
    assert.deepEqual(subjects, ['old', 'fresh']);
    assert.ok(lost.includes(`${partitionOf('key')} after 1`), 'told of its partition, before what the new log holds');
    await until('all partitions', () => lost.length === topics[topic].partitions);
    await follower.close();
    await kafka.close();
  });

  it('tells that retention passed it, and goes on with what is kept', async () => {
    const broker = new EmbeddedBroker({ retention: { recordsMax: 10 } });
    const kafka = broker.connect();
    await ensureTopics(kafka);
    const lost: number[] = [];
    const { follower, subjects } = follow(kafka, { onLost: (partition) => lost.push(partition) });
    await follower.ready;
    for (const number of numbered(0, 5)) await publish(kafka, topic, 'key', event(number));
    await until('the first', () => subjects.length === 5);
    broker.interrupt();
    await new Promise((resolve) => setImmediate(resolve));
    broker.restore();
    for (const number of numbered(5, 25)) await publish(kafka, topic, 'key', event(number));
    await until('the last', () => subjects.at(-1) === '24');
    assert.deepEqual(subjects, [...numbered(0, 5), ...numbered(15, 25)]);
    assert.deepEqual(lost, [partitionOf('key')]);
    await follower.close();
    await kafka.close();
  });

  it('reads a log that was cut off before its place from its beginning', async () => {
    const kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
    await publish(kafka, topic, 'key', event('kept'));
    const key = partitionOf('key');
    let cut = false;
    const cutOff = new Proxy(kafka, {
      get: (target, name: keyof Kafka) => {
        if (name !== 'endOffsets' || cut) return target[name].bind(target);
        cut = true;
        return async () => Array.from({ length: topics[topic].partitions }, (_, index) => (index === key ? 7 : 0));
      },
    });
    const lost: number[] = [];
    const { follower, subjects } = follow(cutOff, { onLost: (partition) => lost.push(partition) });
    await until('what is kept', () => subjects.length === 1);
    assert.deepEqual([subjects, lost], [['kept'], [key]]);
    await follower.close();
    await kafka.close();
  });

  it('closes at any time, and nothing arrives afterwards', async () => {
    const broker = new EmbeddedBroker();
    const kafka = broker.connect();
    await ensureTopics(kafka);
    broker.interrupt();
    const waiting = follow(kafka);
    await inTime('close during an outage', waiting.follower.close());
    await inTime('ready', waiting.follower.ready);
    broker.restore();

    const { follower, subjects } = follow(kafka);
    await follower.ready;
    const closing = follower.close();
    await publish(kafka, topic, 'key', event('late'));
    await inTime('close', closing);
    assert.deepEqual([...subjects, ...waiting.subjects], []);
    await kafka.close();
  });

  it('refuses a topic that was never created', async () => {
    const kafka = createEmbeddedKafka();
    const { follower } = follow(kafka);
    await assert.rejects(follower.ready, UnknownTopicError);
    await follower.close();
    await kafka.close();
  });

  it('lets what onMessages throws surface as an unhandled rejection', async () => {
    const index = fileURLToPath(new URL('./index.ts', import.meta.url));
    const worker = new Worker(
      `import { createEmbeddedKafka, ensureTopics, followTopic, publish } from ${JSON.stringify(index)};
       const kafka = createEmbeddedKafka();
       await ensureTopics(kafka);
       const onMessages = () => { throw new Error('a bug of the follower'); };
       await followTopic(kafka, { topic: ${JSON.stringify(topic)}, onMessages }).ready;
       await publish(kafka, ${JSON.stringify(topic)}, 'key', ${JSON.stringify(event('any'))});
       setInterval(() => {}, 1_000);`,
      { eval: true, type: 'module' } as ConstructorParameters<typeof Worker>[1],
    );
    const [error] = (await inTime(
      'the worker to die',
      once(worker, 'error').catch((thrown) => [thrown]),
    )) as [Error];
    assert.match(error.message, /a bug of the follower/);
  });
});
