import { randomUUID } from 'node:crypto';
import { messageBytes, recordBytesMax } from '../message-bytes.ts';
import { partitionOfKey } from '../murmur2.ts';
import { type Kafka, type KafkaMessage, type TopicSpec, UnknownTopicError } from '../port.ts';
import { Availability } from './availability.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { EmbeddedKafka } from './embedded-kafka.ts';
import { EventLoopTurn } from './event-loop-turn.ts';
import { PartitionLog, type Retention } from './partition-log.ts';

interface Topic {
  readonly id: string;
  readonly partitions: readonly PartitionLog[];
}

/** What a partition keeps unless told: together with 28 partitions a bound of 224 MiB, and in practice far less. */
const retentionDefault: Retention = { recordsMax: 50_000, bytesMax: 8 * 1_048_576 };

export interface EmbeddedBrokerOptions {
  /** What each partition keeps; the oldest records go first. 50,000 records and 8 MiB unless told. */
  readonly retention?: Partial<Retention>;
}

/** The log in memory that clients of one process share. Nothing of it outlives the process. */
export class EmbeddedBroker {
  readonly availability = new Availability();
  readonly turn = new EventLoopTurn();
  readonly #retention: Retention;
  readonly #topics = new Map<string, Topic>();
  readonly #groups = new Map<string, ConsumerGroup>();

  constructor(options: EmbeddedBrokerOptions = {}) {
    this.#retention = { ...retentionDefault, ...options.retention };
    if (!(this.#retention.recordsMax >= 1 && this.#retention.bytesMax >= recordBytesMax)) {
      throw new RangeError(`retention must hold one record of ${recordBytesMax} bytes`);
    }
  }

  /** Another client of this broker. */
  connect(): Kafka {
    return new EmbeddedKafka(this);
  }

  /** Stops answering until `restore`, as brokers that are away do. What is stored stays. */
  interrupt(): void {
    this.availability.take('the embedded broker was interrupted');
  }

  restore(): void {
    this.availability.restore();
  }

  createTopic({ name, partitions }: TopicSpec): void {
    if (this.#topics.has(name)) return;
    if (!Number.isInteger(partitions) || partitions < 1)
      throw new RangeError(`topic ${name}: ${partitions} partitions`);
    const logs = Array.from(
      { length: partitions },
      (_, partition) => new PartitionLog(name, partition, this.#retention),
    );
    this.#topics.set(name, { id: randomUUID(), partitions: logs });
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new UnknownTopicError(`no topic ${name}: create it with ensureTopics`);
    return topic;
  }

  group(id: string): ConsumerGroup {
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = new ConsumerGroup(this.availability, this.turn);
      this.#groups.set(id, group);
    }
    return group;
  }

  /** Appends all of the messages or, when one is too large, none. */
  append(topic: string, messages: readonly KafkaMessage[]): void {
    const { partitions } = this.topic(topic);
    const bytes = messages.map(messageBytes);
    if (bytes.some((size) => size > recordBytesMax)) {
      throw new RangeError(`topic ${topic}: a record of more than ${recordBytesMax} bytes`);
    }
    const timestamp = Date.now();
    messages.forEach((message, index) => {
      const log = partitions[partitionOfKey(message.key, partitions.length)] as PartitionLog;
      log.append(message, bytes[index] as number, timestamp);
    });
  }
}
