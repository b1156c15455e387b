import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { newGroup, readSome, send } from '../contract/helpers.ts';
import { recordBytesMax } from '../message-bytes.ts';
import { type Kafka, KafkaUnavailableError } from '../port.ts';
import { createApacheKafka } from './create-apache-kafka.ts';

const calls: Record<string, (kafka: Kafka) => Promise<unknown>> = {
  ensureTopics: (kafka) => kafka.ensureTopics([{ name: 'topic', partitions: 1 }]),
  send: (kafka) => send(kafka, 'topic', 'key', ['value']),
  'send nothing': (kafka) => send(kafka, 'topic', 'key', []),
  read: (kafka) => readSome(kafka, { topic: 'topic' }, 1),
  endOffsets: (kafka) => kafka.endOffsets('topic'),
  topicId: (kafka) => kafka.topicId('topic'),
  ping: (kafka) => kafka.ping(),
};

/** A port where nobody answers: connections are refused, or accepted and never answered. */
async function silentBroker(listens: boolean): Promise<{ readonly address: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {}).resume()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  if (!listens) close();
  return { address: `127.0.0.1:${port}`, close };
}

describe('Apache Kafka without a broker', () => {
  for (const [how, listens] of [
    ['refuse', false],
    ['say nothing', true],
  ] as const) {
    it(`rejects every call within 2 s when the brokers ${how}`, async (test) => {
      const broker = await silentBroker(listens);
      test.after(() => broker.close());
      const kafka = createApacheKafka({ brokers: [broker.address], clientId: 'test' });
      const begun = performance.now();
      await Promise.all(
        Object.entries(calls).map(([name, call]) => assert.rejects(call(kafka), KafkaUnavailableError, name)),
      );
      assert.ok(performance.now() - begun < 2_000, `${performance.now() - begun} ms`);
      const troubles: string[] = [];
      const patient = createApacheKafka({
        brokers: [broker.address],
        clientId: 'test',
        onTrouble: (message) => troubles.push(message),
      });
      const consumer = patient.consume({
        groupId: newGroup(),
        topics: ['topic'],
        from: 'latest',
        onBatch: async () => {},
      });
      if (!listens) {
        while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        assert.match(troubles[0] ?? '', /out of reach/);
      }
      await patient.close();
      await consumer.ready;
      await kafka.close();
      await Promise.all(Object.entries(calls).map(([name, call]) => assert.rejects(call(kafka), /closed/, name)));
      assert.ok(performance.now() - begun < 5_000);
    });
  }

  it('refuses what no broker would take', async () => {
    const kafka = createApacheKafka({ brokers: ['127.0.0.1:1'], clientId: 'test' });
    await assert.rejects(send(kafka, 'topic', 'key', ['small', 'x'.repeat(recordBytesMax)]), RangeError);
    await assert.rejects(kafka.ensureTopics([{ name: 'topic', partitions: 0 }]), RangeError);
    await kafka.close();
  });

  it('bounds what waits for the brokers', async (test) => {
    const broker = await silentBroker(true);
    test.after(() => broker.close());
    const kafka = createApacheKafka({ brokers: [broker.address], clientId: 'test' });
    const value = 'x'.repeat(1_000_000);
    const sends = Array.from({ length: 80 }, () => send(kafka, 'topic', 'key', [value]));
    const refused = await Promise.allSettled(sends.slice(70));
    assert.ok(
      refused.every(
        (result) => result.status === 'rejected' && /wait for the Kafka brokers/.test(String(result.reason)),
      ),
    );
    await kafka.close();
    await Promise.allSettled(sends);
  });
});
