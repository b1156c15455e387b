import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  ProduceAcks,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';

const EVENTUALLY_MS = 30_000;

/** The bare client, for tests of the servers themselves: it gives up within seconds. */
export class KafkaUser implements AsyncDisposable {
  readonly #options: { clientId: string; bootstrapBrokers: string[]; [setting: string]: unknown };
  readonly #admin: Admin;
  readonly #producer: Producer<string, string, string, string>;

  private constructor(brokers: string) {
    this.#options = {
      clientId: 'infra-native',
      bootstrapBrokers: brokers.split(','),
      connectTimeout: 1000,
      timeout: 3000,
      retries: 2,
      retryDelay: 200,
      strict: true,
    };
    this.#admin = new Admin(this.#options);
    this.#producer = new Producer({ ...this.#options, serializers: stringSerializers });
  }

  /** @param brokers `host:port` of each, with commas. */
  static of(brokers: string): KafkaUser {
    return new KafkaUser(brokers);
  }

  /** With one partition and as many replicas as the servers are set to. */
  async createTopic(topic: string): Promise<void> {
    await this.#admin.createTopics({ topics: [topic], partitions: 1, replicas: -1 });
  }

  topics(): Promise<string[]> {
    return this.#admin.listTopics();
  }

  async send(topic: string, value: string): Promise<void> {
    await this.#producer.send({ messages: [{ topic, value }], acks: ProduceAcks.ALL });
  }

  /** Sends until it is acknowledged; a leader that was lost has a successor within seconds. */
  async sendEventually(topic: string, value: string): Promise<void> {
    const deadline = performance.now() + EVENTUALLY_MS;
    while (true) {
      try {
        await this.send(topic, value);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(200);
      }
    }
  }

  /** The values of all messages of a topic of one partition. */
  async readAll(topic: string): Promise<string[]> {
    const consumer = this.#consumer('consumer');
    try {
      const end = (await consumer.listOffsets({ topics: [topic] })).get(topic)?.[0] ?? 0n;
      const values: string[] = [];
      if (end === 0n) return values;
      for await (const message of await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST })) {
        values.push(message.value);
        if (message.offset + 1n >= end) break;
      }
      return values;
    } finally {
      await consumer.close(true);
    }
  }

  /** The first message of a topic, read by a new group. */
  async readOneInGroup(topic: string, groupProtocol: 'classic' | 'consumer'): Promise<string | undefined> {
    const consumer = this.#consumer(groupProtocol);
    try {
      for await (const message of await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST }))
        return message.value;
      return undefined;
    } finally {
      await consumer.close(true);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#admin.close(), this.#producer.close()]);
  }

  #consumer(groupProtocol: 'classic' | 'consumer'): Consumer<string, string, string, string> {
    return new Consumer({
      ...this.#options,
      groupId: randomUUID(),
      groupProtocol,
      autocommit: false,
      deserializers: stringDeserializers,
    });
  }
}
