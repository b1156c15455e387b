import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { EmbeddedBroker, ensureTopics, followTopic, type Kafka } from '@repo/kafka';
import type { AuditEvent } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { until } from '../testing/until.ts';
import { AuditLog } from './audit-log.ts';

let broker: EmbeddedBroker;
let kafka: Kafka;
let received: AuditEvent[];
let lines: string[];
let audit: AuditLog;
let follower: ReturnType<typeof followTopic>;

beforeEach(async () => {
  broker = new EmbeddedBroker();
  kafka = broker.connect();
  await ensureTopics(kafka);
  received = [];
  lines = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  audit = new AuditLog({ kafka, logger, metrics: createMetrics() });
  follower = followTopic(kafka, {
    topic: 'audit-events',
    onMessages: (messages) => received.push(...messages.map(({ message }) => message)),
  });
  await follower.ready;
});

afterEach(async () => {
  await follower.close();
  await kafka.close();
});

test('events arrive as the schema wants them', async () => {
  audit.record({ kind: 'code-incorrect', subject: 'ada@example.com', addressBlock: '203.0.113.7', requestId: 'r-1' });
  await until(() => received.length === 1);
  assert.equal(received[0]?.kind, 'code-incorrect');
  assert.equal(received[0]?.subject, 'ada@example.com');
});

test('of a flood only the first of a kind, limit and subject goes through', async () => {
  const limit = (subject: string, name: string) =>
    audit.recordFirst({ kind: 'limit-reached', subject, data: { limit: name } }, 60_000);
  for (let count = 0; count < 100; count += 1) {
    limit('203.0.113.7', 'signin-address');
    limit('203.0.113.7', 'verify-address');
    limit('203.0.113.8', 'signin-address');
  }
  audit.record({ kind: 'signup-requested', subject: 'last@example.com' });
  await until(() => received.some(({ subject }) => subject === 'last@example.com'));
  await until(() => received.length === 4);
});

test('an event that the log does not take is in the service’s own log', async () => {
  broker.interrupt();
  audit.record({ kind: 'code-incorrect', subject: 'ada@example.com' });
  await until(() => lines.length === 1);
  assert.match(lines[0] ?? '', /audit event not recorded/);
  assert.match(lines[0] ?? '', /code-incorrect/);
});
