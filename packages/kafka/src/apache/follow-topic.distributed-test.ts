import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, it } from 'node:test';
import { Admin } from '@platformatic/kafka';
import type { AuditEvent } from '@repo/schemas';
import { inTime, until } from '../contract/helpers.ts';
import { followTopic } from '../follow-topic.ts';
import type { Kafka } from '../port.ts';
import { ensureTopics, publish } from '../publisher.ts';
import { createApacheKafka } from './create-apache-kafka.ts';
import { type KafkaProcess, startKafkaProcess } from './testing/kafka-process.ts';

const topic = 'audit-events';
const event = (subject: string): AuditEvent => ({
  id: randomUUID(),
  at: Date.now(),
  kind: 'limit-reached',
  subject,
  addressBlock: '192.0.2.1',
});

// Its own broker: other tests use the same topics.
let broker: KafkaProcess;
let kafka: Kafka;
before(async () => {
  broker = await startKafkaProcess({ protocol: 'PLAINTEXT', properties: {} });
  kafka = createApacheKafka({ brokers: [broker.broker], clientId: 'follow' });
  await ensureTopics(kafka);
});
after(async () => {
  await kafka?.close();
  await broker?.stop();
});

it('tells a follower that the topic was deleted and created anew, before what it holds', async () => {
  const seen: string[] = [];
  const follower = followTopic(kafka, {
    topic,
    onMessages: (messages) => void seen.push(...messages.map(({ message }) => message.subject)),
    onLost: () => void seen.push('lost'),
  });
  await inTime('ready', follower.ready);
  await publish(kafka, topic, 'key', event('old'));
  await until('the old one', () => seen.length === 1);
  const id = await kafka.topicId(topic);
  const admin = new Admin({ clientId: 'follow', bootstrapBrokers: [broker.broker] });
  await admin.deleteTopics({ topics: [topic] });
  await admin.close();
  await until('another log', async () => {
    await ensureTopics(kafka).catch(() => undefined);
    return (await kafka.topicId(topic).catch(() => id)) !== id;
  });
  await publish(kafka, topic, 'key', event('new'));
  await until('the new one', () => seen.includes('new'));
  assert.deepEqual([seen[0], seen.slice(0, seen.indexOf('new')).includes('lost')], ['old', true]);
  await follower.close();
});
