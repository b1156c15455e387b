import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumeOptions, Consumer, Kafka, KafkaRecord } from '../port.ts';

const patienceMs = 30_000;

/** Waits for a condition however long the adapter takes, within reason. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for: ${what}`);
    await delay(5);
  }
}

/** Fails a promise that hangs. */
export async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  const stopWaiting = new AbortController();
  const late = delay(patienceMs, undefined, { signal: stopWaiting.signal }).then(() => {
    throw new Error(`waited ${patienceMs} ms for: ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    stopWaiting.abort();
  }
}

/** A topic that no other test has. */
export async function newTopic(kafka: Kafka, partitions = 1): Promise<string> {
  const name = `contract-${randomUUID()}`;
  await kafka.ensureTopics([{ name, partitions }]);
  return name;
}

export function newGroup(): string {
  return `contract-${randomUUID()}`;
}

/** Opens once; whoever waits goes on. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}

/** Keys `0`, `1`, … that land in partitions 0, 1, …, found by sending and looking. */
export async function keyPerPartition(kafka: Kafka, partitions: number): Promise<readonly string[]> {
  const topic = await newTopic(kafka, partitions);
  const keys: string[] = [];
  for (let candidate = 0; keys.filter((key) => key !== undefined).length < partitions; candidate += 1) {
    const before = await kafka.endOffsets(topic);
    await kafka.send(topic, [{ key: `key-${candidate}`, value: '' }]);
    const after = await kafka.endOffsets(topic);
    keys[after.findIndex((end, partition) => end > (before[partition] ?? 0))] ??= `key-${candidate}`;
  }
  return keys;
}

export function send(kafka: Kafka, topic: string, key: string, values: readonly string[]): Promise<void> {
  return kafka.send(
    topic,
    values.map((value) => ({ key, value })),
  );
}

export function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

export const valuesOf = (records: readonly KafkaRecord[]): string[] => records.map(({ value }) => value);

/** First time each value came: what at-least-once delivery promises the order of. */
export const distinct = (values: readonly string[]): string[] => [...new Set(values)];

/** Joins a group and keeps what its handler took, in the order it did. */
export async function collect(
  kafka: Kafka,
  options: Pick<ConsumeOptions, 'groupId' | 'topics'> & Partial<ConsumeOptions>,
): Promise<{ readonly consumer: Consumer; readonly handled: KafkaRecord[] }> {
  const handled: KafkaRecord[] = [];
  const consumer = kafka.consume({
    from: 'earliest',
    ...options,
    onBatch: async (records, signal) => {
      await options.onBatch?.(records, signal);
      handled.push(...records);
    },
  });
  await inTime('the consumer to be ready', consumer.ready);
  return { consumer, handled };
}

/** Reads a partition until it has `count` records. */
export async function readSome(
  kafka: Kafka,
  { topic, partition = 0, offset = 0 }: { topic: string; partition?: number; offset?: number },
  count: number,
): Promise<KafkaRecord[]> {
  const stop = new AbortController();
  const read: KafkaRecord[] = [];
  const reading = (async () => {
    for await (const records of kafka.read({ topic, partition, offset, signal: stop.signal })) {
      read.push(...records);
      if (read.length >= count) return;
    }
  })();
  try {
    await inTime(`${count} records of ${topic}`, reading);
  } finally {
    stop.abort();
  }
  return read;
}
