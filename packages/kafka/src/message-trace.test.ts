import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { AuditEvent } from '@repo/schemas';
import { inTime, newGroup, readSome, until } from './contract/helpers.ts';
import { createEmbeddedKafka } from './embedded/create-embedded-kafka.ts';
import { followTopic } from './follow-topic.ts';
import { handleInTrace } from './message-trace.ts';
import type { Kafka, KafkaRecord } from './port.ts';
import { deadLetterTopic, ensureTopics, publish } from './publisher.ts';
import { consumeTopic, PoisonMessageError } from './topic-consumer.ts';

const topic = 'audit-events';
const event = (subject: string): AuditEvent => ({
  id: randomUUID(),
  at: 1_760_297_791_517,
  kind: 'limit-reached',
  subject,
  addressBlock: '192.0.2.1',
});
const traceId = () => trace.getActiveSpan()?.spanContext().traceId;

/** Does something as a request does, under a span of its own; returns its trace. */
function request(name: string, work: () => Promise<unknown>): Promise<string> {
  return trace.getTracer('test').startActiveSpan(name, async (span) => {
    await work();
    span.end();
    return span.spanContext().traceId;
  });
}

describe('the trace of a request', () => {
  const spans = new InMemorySpanExporter();
  let kafka: Kafka;

  before(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
    );
  });
  beforeEach(async () => {
    spans.reset();
    kafka = createEmbeddedKafka();
    await ensureTopics(kafka);
  });
  afterEach(() => kafka.close());

  const spanNamed = (name: string) => spans.getFinishedSpans().find((span) => span.name === name);

  it('travels in the headers of what is sent within it, and of nothing else', async () => {
    await publish(kafka, topic, 'key', event('before'));
    const own = await request('request', () => publish(kafka, topic, 'key', event('within')));
    await publish(kafka, topic, 'key', event('after'));
    const partition = (await kafka.endOffsets(topic)).findIndex((end) => end > 0);
    const [before, within, after] = await readSome(kafka, { topic, partition }, 3);
    assert.deepEqual([before?.headers, after?.headers], [{}, {}]);
    assert.deepEqual(Object.keys(within?.headers ?? {}), ['traceparent']);
    const sent = spanNamed(`send ${topic}`);
    assert.equal(within?.headers.traceparent, `00-${own}-${sent?.spanContext().spanId}-01`);
    assert.equal(sent?.parentSpanContext?.spanId, spanNamed('request')?.spanContext().spanId);
    assert.ok(!JSON.stringify(sent?.attributes).includes('key'), 'keys may be e-mail addresses');
  });

  it('goes on where each message is handled, however many share a batch', async () => {
    const found = new Map<string, string | undefined>();
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        request(`request ${index}`, () => publish(kafka, topic, 'one key', event(String(index)))),
      ),
    );
    await publish(kafka, topic, 'one key', event('nobody'));
    let batches = 0;
    const consumer = consumeTopic(kafka, {
      topic,
      groupId: newGroup(),
      from: 'earliest',
      onMessages: async (received) => {
        batches += 1;
        assert.equal(traceId(), undefined);
        await Promise.all(
          received.map(({ message, record }) =>
            handleInTrace(record, async () => {
              await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
              found.set(message.subject, traceId());
            }),
          ),
        );
      },
    });
    await until('all to be handled', () => found.size === 21);
    await consumer.close();
    assert.equal(batches, 1);
    assert.deepEqual(
      sent.map((_, index) => found.get(String(index))),
      sent,
    );
    assert.equal(found.get('nobody'), undefined);
    const processed = spanNamed(`process ${topic}`);
    const sends = spans.getFinishedSpans().filter(({ name }) => name === `send ${topic}`);
    assert.ok(sends.some((send) => send.spanContext().spanId === processed?.parentSpanContext?.spanId));
  });

  it('is not in headers that are malformed, and they do no harm', async () => {
    const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const wrong: readonly KafkaRecord['headers'][] = [
      { traceparent: '' },
      { traceparent: 'rubbish' },
      { traceparent: good.replace('00-', 'ff-') },
      { traceparent: good.replace('b7ad6b7169203331', '0000000000000000') },
      { traceparent: good.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)) },
      { traceparent: `${good}-${good}` },
      { traceparent: `${good}\0` },
      { traceparent: '9'.repeat(100_000) },
      { tracestate: '='.repeat(100_000) },
      { TraceParent: good, '': good, ['__proto__']: good },
    ];
    await kafka.send(
      topic,
      wrong.map((headers, index) => ({ key: 'key', value: JSON.stringify(event(String(index))), headers })),
    );
    const handled: string[] = [];
    const consumer = consumeTopic(kafka, {
      topic,
      groupId: newGroup(),
      from: 'earliest',
      onMessages: async (received) => {
        for (const { message, record } of received) {
          await handleInTrace(record, async () => {
            assert.equal(traceId(), undefined, message.subject);
            handled.push(message.subject);
          });
        }
      },
    });
    await until('all to be handled', () => handled.length === wrong.length);
    await consumer.close();
    assert.deepEqual(spans.getFinishedSpans(), []);
  });

  it('is known where a message is set aside, and goes with it', async () => {
    const told: (string | undefined)[] = [];
    const follower = followTopic(kafka, { topic, onMessages: () => {}, onInvalid: () => told.push(traceId()) });
    await follower.ready;
    const consumer = consumeTopic(kafka, {
      topic,
      groupId: newGroup(),
      from: 'earliest',
      onMessages: async () => {
        throw new PoisonMessageError('wrong');
      },
      onDeadLetter: () => told.push(traceId()),
    });
    await inTime('ready', consumer.ready);
    const own = await request('request', () =>
      publish(kafka, topic, 'key', { ...event('x'), kind: 'none' as 'limit-reached' }),
    );
    const poison = await request('request', () => publish(kafka, topic, 'key', event('poison')));
    const letters = await readSome(kafka, { topic: deadLetterTopic(topic) }, 2);
    await until('all to be told', () => told.length === 3);
    assert.equal(told.filter((id) => id === own).length, 2, 'by the follower and by the consumer');
    assert.ok(told.includes(poison));
    assert.deepEqual(
      letters.map(({ headers }) => headers.traceparent?.split('-')[1]),
      [own, poison],
    );
    await consumer.close();
    await follower.close();
  });

  it('holds what went wrong, and not its words', async () => {
    await request('request', () => publish(kafka, topic, 'key', event('any')));
    const partition = (await kafka.endOffsets(topic)).findIndex((end) => end > 0);
    const [record] = await readSome(kafka, { topic, partition }, 1);
    assert.ok(record !== undefined);
    const failure = new RangeError('the password is hunter2');
    await assert.rejects(
      handleInTrace(record, () => Promise.reject(failure)),
      failure,
    );
    const { status, attributes, events } = spanNamed(`process ${topic}`) ?? assert.fail('no span');
    assert.deepEqual(status, { code: 2 });
    assert.equal(attributes['error.type'], 'RangeError');
    assert.deepEqual(events, []);
  });
});
