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
import { Wake } from '../wake.ts';
import { Availability } from './availability.ts';
import type { EmbeddedBroker } from './broker.ts';
import type { PartitionLog } from './partition-log.ts';

const readSizeMax = 500;

/** A client of the embedded broker. */
export class EmbeddedKafka implements Kafka {
  readonly #broker: EmbeddedBroker;
  readonly #open = new Availability();
  readonly #consumers = new Set<Consumer>();

  constructor(broker: EmbeddedBroker) {
    this.#broker = broker;
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#demand();
    for (const spec of specs) this.#broker.createTopic(spec);
  }

  async send(topic: string, messages: readonly KafkaMessage[], options: SendOptions = {}): Promise<void> {
    this.#demand();
    options.beforeWrite?.();
    this.#broker.append(topic, messages);
    const turn = this.#broker.turn.due();
    if (turn !== undefined) await turn;
  }

  consume(options: ConsumeOptions): Consumer {
    const member = { ...options };
    const group = this.#broker.group(options.groupId);
    const closing = new AbortController();
    const join = async () => {
      this.#open.demand();
      await this.#available(closing.signal);
      if (closing.signal.aborted) return;
      const logs = new Map(options.topics.map((topic) => [topic, this.#broker.topic(topic).partitions]));
      await group.join(member, logs);
    };
    const leave = async () => {
      closing.abort();
      await group.leave(member);
      this.#consumers.delete(consumer);
    };
    const joined = join();
    let left: Promise<void> | undefined;
    const consumer: Consumer = {
      ready: joined,
      lag: async () => {
        this.#demand();
        return group.lag(member);
      },
      close: () => {
        left ??= leave();
        return left;
      },
    };
    this.#consumers.add(consumer);
    return consumer;
  }

  async *read({ topic, partition, offset, signal }: ReadOptions): AsyncIterable<readonly KafkaRecord[]> {
    this.#demand();
    const log = this.#log(topic, partition);
    if (!Number.isInteger(offset) || offset < 0 || offset > log.endOffset) {
      throw new RangeError(`offset ${offset} of ${topic} ${partition}, which ends at ${log.endOffset}`);
    }
    const { wake, wait } = new Wake();
    const forget = [log.onAppend(wake), this.#broker.availability.onChange(wake), this.#open.onChange(wake)];
    signal.addEventListener('abort', wake);
    try {
      let position = offset;
      while (!signal.aborted) {
        this.#demand();
        const records = log.read(position, readSizeMax);
        const last = records.at(-1);
        if (last === undefined) {
          await wait();
          continue;
        }
        position = last.offset + 1;
        yield records;
        const turn = this.#broker.turn.due();
        if (turn !== undefined) await turn;
      }
    } finally {
      for (const end of forget) end();
      signal.removeEventListener('abort', wake);
    }
  }

  async endOffsets(topic: string): Promise<readonly number[]> {
    this.#demand();
    return this.#broker.topic(topic).partitions.map((log) => log.endOffset);
  }

  async topicId(topic: string): Promise<string> {
    this.#demand();
    return this.#broker.topic(topic).id;
  }

  async ping(): Promise<void> {
    this.#demand();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    this.#open.take('this client is closed');
  }

  #demand(): void {
    this.#open.demand();
    this.#broker.availability.demand();
  }

  #log(topic: string, partition: number): PartitionLog {
    const log = this.#broker.topic(topic).partitions[partition];
    if (log === undefined) throw new UnknownTopicError(`topic ${topic} has no partition ${partition}`);
    return log;
  }

  /** Resolves when the broker answers or the signal aborts. */
  async #available(signal: AbortSignal): Promise<void> {
    const { wake, wait } = new Wake();
    const forget = this.#broker.availability.onChange(wake);
    signal.addEventListener('abort', wake);
    while (!this.#broker.availability.available && !signal.aborted) await wait();
    forget();
    signal.removeEventListener('abort', wake);
  }
}
