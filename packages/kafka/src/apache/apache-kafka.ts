import { setTimeout as delay } from 'node:timers/promises';
import { createTopicsV7 } from '@platformatic/kafka';
import { recordBytesMax } from '../message-bytes.ts';
import {
  type ConsumeOptions,
  type Consumer,
  type Kafka,
  type KafkaMessage,
  type KafkaRecord,
  type ReadOptions,
  type SendOptions,
  type TopicSpec,
  UnknownTopicError,
} from '../port.ts';
import { ApacheConsumer } from './apache-consumer.ts';
import { Cluster } from './cluster.ts';
import { Deadline } from './deadline.ts';
import { codes, mayPass, nameOfCode } from './failures.ts';
import { Fetcher } from './fetcher.ts';
import type { PartitionFeed } from './partition-feed.ts';
import { Sender } from './sender.ts';
import type { ApacheKafkaSettings } from './settings.ts';

const readSizeMax = 500;
/** The brokers go on creating topics after they have answered. */
const createMsMax = 1_000;
const pauseMs = 50;
/** What a batch of one record counts beside its key, value and headers, generously. */
const batchOverheadBytes = 65_536;
/** From this many copies on, two must have a record before it counts as appended. */
const safeReplication = 3;

/** A client of an Apache Kafka cluster. */
export class ApacheKafka implements Kafka {
  readonly #settings: ApacheKafkaSettings;
  readonly #cluster: Cluster;
  readonly #sender: Sender;
  readonly #fetcher: Fetcher;
  readonly #consumers = new Set<Consumer>();

  constructor(settings: ApacheKafkaSettings) {
    this.#settings = settings;
    this.#cluster = new Cluster(settings);
    this.#sender = new Sender(this.#cluster);
    this.#fetcher = new Fetcher(this.#cluster);
  }

  /** Takes longer than 2 s only while the brokers answer and are still at it. */
  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#cluster.demand();
    for (const { name, partitions } of specs) {
      if (!Number.isInteger(partitions) || partitions < 1)
        throw new RangeError(`topic ${name}: ${partitions} partitions`);
    }
    for (;;) {
      const names = specs.map(({ name }) => name);
      const found = await this.#cluster.describe(names, new Deadline());
      const missing = specs.filter(({ name }) => !found.has(name));
      const led = [...found.values()].every(({ leaders }) => leaders.every((leader) => leader >= 0));
      if (missing.length === 0 && led) return;
      if (missing.length > 0) await this.#create(missing);
      await delay(pauseMs);
    }
  }

  async send(topic: string, messages: readonly KafkaMessage[], options: SendOptions = {}): Promise<void> {
    this.#cluster.demand();
    await this.#sender.send(topic, messages, options);
  }

  consume(options: ConsumeOptions): Consumer {
    const consumer = new ApacheConsumer(this.#cluster, this.#fetcher, options, () => this.#consumers.delete(consumer));
    this.#consumers.add(consumer);
    return consumer;
  }

  async *read(options: ReadOptions): AsyncIterable<readonly KafkaRecord[]> {
    this.#cluster.demand();
    const { signal } = options;
    if (signal.aborted) return;
    const feed = await this.#open(options);
    signal.addEventListener('abort', feed.wake);
    try {
      while (!signal.aborted) {
        const records = feed.take(readSizeMax);
        if (records.length > 0) yield records;
        else await feed.wait();
      }
    } finally {
      feed.close();
      signal.removeEventListener('abort', feed.wake);
    }
  }

  async endOffsets(topic: string): Promise<readonly number[]> {
    this.#cluster.demand();
    const deadline = new Deadline();
    const { leaders } = await this.#cluster.topic(topic, deadline);
    return this.#cluster.offsets(topic, [...leaders.keys()], 'latest', deadline);
  }

  async topicId(topic: string): Promise<string> {
    this.#cluster.demand();
    return (await this.#cluster.look(topic, new Deadline())).id;
  }

  async ping(): Promise<void> {
    this.#cluster.demand();
    await this.#cluster.describe([], new Deadline());
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    this.#fetcher.close();
    this.#sender.close();
    this.#cluster.close();
  }

  async #open({ topic, partition, offset }: ReadOptions): Promise<PartitionFeed> {
    const deadline = new Deadline();
    const { id, leaders } = await this.#cluster.look(topic, deadline);
    if (leaders[partition] === undefined) throw new UnknownTopicError(`topic ${topic} has no partition ${partition}`);
    const [[first = 0], [end = 0]] = await Promise.all([
      this.#cluster.offsets(topic, [partition], 'earliest', deadline),
      this.#cluster.offsets(topic, [partition], 'latest', deadline),
    ]);
    if (!Number.isInteger(offset) || offset < 0 || offset > end) {
      throw new RangeError(`offset ${offset} of ${topic} ${partition}, which ends at ${end}`);
    }
    return this.#fetcher.open({ topic, topicId: id, partition, position: Math.max(offset, first) });
  }

  async #create(specs: readonly TopicSpec[]): Promise<void> {
    const { replication = -1 } = this.#settings;
    const configs = [
      { name: 'max.message.bytes', value: String(recordBytesMax + batchOverheadBytes) },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      ...(replication >= safeReplication ? [{ name: 'min.insync.replicas', value: '2' }] : []),
    ];
    const topics = specs.map(({ name, partitions }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: replication,
      assignments: [],
      configs,
    }));
    const answer = await this.#cluster.ask(createTopicsV7.api, [topics, createMsMax, false], new Deadline());
    for (const { name, errorCode, errorMessage } of answer.topics) {
      if (errorCode === codes.none || errorCode === codes.topicAlreadyExists || mayPass(errorCode)) continue;
      const reason = typeof errorMessage === 'string' ? errorMessage : nameOfCode(errorCode);
      throw new Error(`Kafka does not create topic ${name}: ${reason}`);
    }
  }
}
