import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Consumer, MessagesStreamModes, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { startServers } from '@repo/infra-native';
import { createApacheKafka, type KafkaMessage } from '@repo/kafka';
import { quantile, report } from './report.ts';

// What a message costs this process through the adapter, beside the bare client, in turns in the same run: messages per
// second of CPU time, to and from a real broker. KAFKA_BROKERS names one; otherwise it is started for the run.

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '60000' }, rounds: { type: 'string', default: '5' } },
});
const messages = Number(values.messages);
const rounds = Number(values.rounds);
const GOAL_SHARE = 0.8;
const PARTITIONS = 6;
const BATCH = 500;
const AT_ONCE = 200;

const brokers = await brokersForTheRun();
const kafka = createApacheKafka({ brokers: brokers.addresses, clientId: 'bench' });
const bare = new Producer({
  clientId: 'bench-bare',
  bootstrapBrokers: [...brokers.addresses],
  idempotent: true,
  serializers: stringSerializers,
});

interface Cost {
  /** Messages per second of CPU time. */
  readonly perCore: number;
  readonly perSecond: number;
}

async function cost(count: number, task: () => Promise<void>): Promise<Cost> {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  await task();
  const { user, system } = process.cpuUsage(cpu);
  return { perCore: (count * 1e6) / (user + system), perSecond: (count * 1000) / (performance.now() - begun) };
}

const assets = ['SOL_USDC', 'BTC_USDC', 'ETH_USDC', 'DOGE_USDC', 'BNB_USDC'];

function quotes(count: number): KafkaMessage[] {
  return Array.from({ length: count }, (_, sequence) => {
    const asset = assets[sequence % assets.length] as string;
    const quote = { id: randomUUID(), at: Date.now(), asset, price: 195.825, bid: '195.82', ask: '195.83', sequence };
    return { key: asset, value: JSON.stringify({ ...quote, source: 'bench', status: 'live' }) };
  });
}

async function newTopic(): Promise<string> {
  const name = `bench-${randomUUID()}`;
  await kafka.ensureTopics([{ name, partitions: PARTITIONS }]);
  return name;
}

/** Batches, one after the other. */
async function inBatches(all: readonly KafkaMessage[], send: (batch: KafkaMessage[]) => Promise<unknown>) {
  for (let from = 0; from < all.length; from += BATCH) await send(all.slice(from, from + BATCH));
}

/** One message a call, so many calls under way. */
async function oneByOne(all: readonly KafkaMessage[], send: (batch: KafkaMessage[]) => Promise<unknown>) {
  let next = 0;
  const worker = async () => {
    for (let message = all[next++]; message !== undefined; message = all[next++]) await send([message]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function consumeAll(topic: string): Promise<void> {
  const all = Promise.withResolvers<void>();
  let left = messages;
  const consumer = kafka.consume({
    groupId: `bench-${randomUUID()}`,
    topics: [topic],
    from: 'earliest',
    onBatch: async (records) => {
      left -= records.length;
      if (left === 0) all.resolve();
    },
  });
  await all.promise;
  await consumer.close();
}

async function consumeAllBare(topic: string): Promise<void> {
  const consumer = new Consumer({
    clientId: 'bench-bare',
    groupId: `bench-${randomUUID()}`,
    bootstrapBrokers: [...brokers.addresses],
    deserializers: stringDeserializers,
    maxWaitTime: 250,
  });
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST, autocommit: 100 });
  let left = messages;
  for await (const _ of stream) {
    left -= 1;
    if (left === 0) break;
  }
  await consumer.close(true);
}

const tasks: Record<string, (topic: string, all: readonly KafkaMessage[]) => Promise<void>> = {
  'adapter: batches': (topic, all) => inBatches(all, (batch) => kafka.send(topic, batch)),
  'bare: batches': (topic, all) =>
    inBatches(all, (batch) => bare.send({ messages: batch.map((message) => ({ topic, ...message })) })),
  'adapter: one by one': (topic, all) => oneByOne(all, (one) => kafka.send(topic, one)),
  'bare: one by one': (topic, all) =>
    oneByOne(all, (one) => bare.send({ messages: one.map((message) => ({ topic, ...message })) })),
  'adapter: consume': (topic) => consumeAll(topic),
  'bare: consume': (topic) => consumeAllBare(topic),
};
const measured: Record<string, Cost[]> = {};
for (let round = 0; round <= rounds; round += 1) {
  const filled = await newTopic();
  const all = quotes(messages);
  await inBatches(all, (batch) => kafka.send(filled, batch));
  // In turns, and each time another one begins; the first round warms up.
  const order = Object.entries(tasks);
  for (const [name, task] of round % 2 === 0 ? order : order.toReversed()) {
    const topic = name.endsWith('consume') ? filled : await newTopic();
    const count = name.endsWith('one by one') ? messages / 10 : messages;
    const result = await cost(count, () => task(topic, all.slice(0, count)));
    if (round > 0) measured[name] = [...(measured[name] ?? []), result];
  }
}
await bare.close();
await kafka.close();
await brokers.stop();

const median = (name: string, of: keyof Cost) =>
  quantile(
    (measured[name] ?? []).map((result) => result[of]),
    0.5,
  );
report(
  `Kafka: ${messages.toLocaleString('en-US')} messages a round, ${rounds} rounds in turns, medians`,
  (
    [
      ['batches', `send, batches of ${BATCH}`],
      ['one by one', `send, one a call, ${AT_ONCE} under way`],
      ['consume', 'consume'],
    ] as const
  ).flatMap(([task, what]) => [
    { what: `bare client: ${what}`, value: median(`bare: ${task}`, 'perCore'), unit: '/s per core' },
    {
      what: `adapter: ${what}`,
      value: median(`adapter: ${task}`, 'perCore'),
      unit: '/s per core',
      limit: { name: `${GOAL_SHARE} × bare =`, value: GOAL_SHARE * median(`bare: ${task}`, 'perCore') },
    },
    {
      what: `adapter: ${what}, by the clock`,
      value: median(`adapter: ${task}`, 'perSecond'),
      unit: '/s',
      limit: { name: 'bare', value: median(`bare: ${task}`, 'perSecond') },
    },
  ]),
);

async function brokersForTheRun(): Promise<{ readonly addresses: readonly string[]; stop(): Promise<void> }> {
  const given = process.env.KAFKA_BROKERS?.split(',');
  if (given !== undefined) return { addresses: given, stop: async () => {} };
  const stateDir = await mkdtemp(join(tmpdir(), 'cfd-broker-bench-kafka-'));
  const servers = await startServers({ stateDir, ports: 'free', servers: ['kafka'] });
  return {
    addresses: (servers.environment.KAFKA_BROKERS ?? '').split(','),
    stop: async () => {
      await servers.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
