import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { type AuditEvent, topics } from '@repo/schemas';
import { followTopic } from '../follow-topic.ts';
import { partitionOfKey } from '../murmur2.ts';
import type { KafkaRecord } from '../port.ts';
import { ensureTopics, publish } from '../publisher.ts';
import { inTime, numbered, until } from './helpers.ts';
import type { Tested } from './kafka-under-test.ts';

const topic = 'audit-events';

/** Following a topic without a group. */
export function followCases(tested: Tested): void {
  const event = (subject: string): AuditEvent => ({
    id: randomUUID(),
    at: 1_760_297_791_517,
    kind: 'limit-reached',
    subject,
    addressBlock: '192.0.2.1',
  });
  const newKey = () => `contract-${randomUUID()}`;

  it('hands on what it wants of all that is sent, in order, and parses nothing else', async () => {
    const { kafka } = tested();
    await ensureTopics(kafka);
    const [wanted, other] = [newKey(), newKey()];
    const subjects: string[] = [];
    const invalid: KafkaRecord[] = [];
    const lost: number[] = [];
    const follower = followTopic(kafka, {
      topic,
      wants: ({ key }) => key === wanted,
      onMessages: (messages) => void subjects.push(...messages.map(({ message }) => message.subject)),
      onInvalid: (record) => invalid.push(record),
      onLost: (partition) => lost.push(partition),
    });
    await inTime('ready', follower.ready);
    for (const number of numbered(0, 20)) {
      await kafka.send(topic, [{ key: other, value: 'not to be looked at' }]);
      await publish(kafka, topic, wanted, event(number));
    }
    await kafka.send(topic, [{ key: wanted, value: 'poison' }]);
    await until('all of it', () => subjects.length === 20 && invalid.length === 1);
    assert.deepEqual(subjects, numbered(0, 20));
    assert.deepEqual(
      invalid.map(({ key, value }) => [key, value]),
      [[wanted, 'poison']],
    );
    const lag = await follower.lag();
    assert.equal(lag.find(({ partition }) => partition === partitionOf(other))?.lag, 0, 'what is not wanted is passed');
    assert.deepEqual(lost, []);
    await follower.close();
  });

  it('goes on where it was after an outage, and nothing counts as lost', async () => {
    const { kafka, interrupt } = tested();
    await ensureTopics(kafka);
    const key = newKey();
    const subjects: string[] = [];
    const lost: number[] = [];
    const follower = followTopic(kafka, {
      topic,
      wants: (record) => record.key === key,
      onMessages: (messages) => void subjects.push(...messages.map(({ message }) => message.subject)),
      onLost: (partition) => lost.push(partition),
    });
    await inTime('ready', follower.ready);
    await publish(kafka, topic, key, event('before'));
    await until('the first', () => subjects.length === 1);
    const restore = await interrupt();
    await restore();
    await until('the brokers to answer', () =>
      kafka.ping().then(
        () => true,
        () => false,
      ),
    );
    await publish(kafka, topic, key, event('after'));
    await until('the second', () => subjects.length === 2);
    assert.deepEqual([subjects, lost], [['before', 'after'], []]);
    await follower.close();
  });
}

const partitionOf = (key: string) => partitionOfKey(key, topics[topic].partitions);
