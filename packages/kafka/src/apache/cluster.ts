import { setTimeout as delay } from 'node:timers/promises';
import { type API, ListOffsetTimestamps, listOffsetsV7, metadataV12, parseBroker } from '@platformatic/kafka';
import { UnknownTopicError } from '../port.ts';
import { type Address, BrokerConnection } from './broker-connection.ts';
import { Deadline } from './deadline.ts';
import { codes, nameOfCode, unavailable } from './failures.ts';
import type { ApacheKafkaSettings } from './settings.ts';

/** A topic as the brokers described it last. */
export interface TopicView {
  readonly name: string;
  readonly id: string;
  /** The broker that leads each partition; -1 when none does. */
  readonly leaders: readonly number[];
}

/**
 * What a connection is used for. A broker answers the requests of a connection one after the other, so those that
 * may wait there have connections of their own.
 */
export type Lane = 'questions' | 'produce' | `fetch-${number}` | `member-${number}`;

const viewMsMax = 60_000;
const pauseMs = 50;

/** Knows the brokers and the topics, and asks them. Brokers that do not answer are asked again, or others are. */
export class Cluster {
  readonly settings: ApacheKafkaSettings;
  readonly #bootstrap: readonly Address[];
  #brokers = new Map<number, Address>();
  readonly #topics = new Map<string, { readonly view: TopicView; readonly atMs: number }>();
  readonly #looking = new Map<string, Promise<TopicView>>();
  readonly #connections = new Map<string, Promise<BrokerConnection>>();
  #closed = false;

  constructor(settings: ApacheKafkaSettings) {
    this.settings = settings;
    this.#bootstrap = settings.brokers.map((broker) => parseBroker(broker, 9092));
  }

  /** Throws `KafkaUnavailableError` when it is closed. */
  demand(): void {
    if (this.#closed) throw unavailable('this client is closed');
  }

  /** Asks any broker. */
  async ask<Arguments extends unknown[], Answer>(
    api: API<Arguments, Answer>,
    parameters: Arguments,
    deadline: Deadline,
  ): Promise<Answer> {
    const known = new Map([...this.#brokers.values(), ...this.#bootstrap].map((address) => [keyOf(address), address]));
    // Twice: an idle connection may have ended unnoticed.
    const tries = [...known.values(), ...known.values()];
    let failure: unknown;
    for (const [index, address] of tries.entries()) {
      if (deadline.passed) break;
      // A broker that says nothing must leave time for the others.
      const left = Math.max(1, known.size - index);
      try {
        return await this.askAt(address, 'questions', api, parameters, new Deadline(deadline.leftMs / left));
      } catch (error) {
        failure = error;
      }
    }
    throw unavailable('no Kafka broker answers', failure);
  }

  /** Asks one broker. What `beforeWrite` throws, when the connection is there, rejects the question unasked. */
  async askAt<Arguments extends unknown[], Answer>(
    address: Address,
    lane: Lane,
    api: API<Arguments, Answer>,
    parameters: Arguments,
    deadline: Deadline,
    beforeWrite?: () => void,
  ): Promise<Answer> {
    const connection = await this.#connect(address, lane, deadline);
    beforeWrite?.();
    return connection.request(api, parameters, deadline.leftMs);
  }

  /** Asks the broker that has this id, as leaders of partitions do. */
  async askBroker<Arguments extends unknown[], Answer>(
    id: number,
    lane: Lane,
    api: API<Arguments, Answer>,
    parameters: Arguments,
    deadline: Deadline,
    beforeWrite?: () => void,
  ): Promise<Answer> {
    const address = this.#brokers.get(id);
    if (address === undefined) throw unavailable(`Kafka broker ${id} is unknown`);
    return this.askAt(address, lane, api, parameters, deadline, beforeWrite);
  }

  /** What is known of a topic without asking. */
  known(topic: string): TopicView | undefined {
    const found = this.#topics.get(topic);
    return found !== undefined && performance.now() - found.atMs < viewMsMax ? found.view : undefined;
  }

  /** The broker that led the partition when last heard of; -1 when none is known. */
  leader(topic: string, partition: number): number {
    return this.#topics.get(topic)?.view.leaders[partition] ?? -1;
  }

  /** What is known of a topic, or else what the brokers say. */
  async topic(name: string, deadline: Deadline): Promise<TopicView> {
    return this.known(name) ?? this.look(name, deadline);
  }

  /** Asks the brokers about a topic. Questions about one topic at the same time are one. */
  look(name: string, deadline: Deadline): Promise<TopicView> {
    const looking = this.#looking.get(name) ?? this.#look(name, deadline).finally(() => this.#looking.delete(name));
    this.#looking.set(name, looking);
    return deadline.wait(looking);
  }

  /** Asks about several topics; returns those that exist. */
  async describe(names: readonly string[], deadline: Deadline): Promise<ReadonlyMap<string, TopicView>> {
    const answer = await this.ask(metadataV12.api, [[...names], false, false], deadline);
    this.#brokers = new Map(answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    const found = new Map<string, TopicView>();
    for (const { name, topicId, errorCode, partitions } of answer.topics) {
      if (typeof name !== 'string') continue;
      this.#topics.delete(name);
      if (errorCode === codes.unknownTopicOrPartition || errorCode === codes.invalidTopic) continue;
      if (errorCode !== codes.none && errorCode !== codes.leaderNotAvailable) {
        throw unavailable(`topic ${name}: ${nameOfCode(errorCode)}`);
      }
      const leaders: number[] = [];
      for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
      const view = { name, id: topicId, leaders };
      found.set(name, view);
      this.#topics.set(name, { view, atMs: performance.now() });
    }
    return found;
  }

  /** The first or the next offset of partitions, in the order asked. */
  async offsets(
    topic: string,
    partitions: readonly number[],
    which: 'earliest' | 'latest',
    deadline: Deadline,
  ): Promise<readonly number[]> {
    const timestamp = which === 'earliest' ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
    const found = new Map<number, number>();
    let failure: unknown;
    let view = await this.topic(topic, deadline);
    while (!deadline.passed) {
      const missing = partitions.filter((partition) => !found.has(partition));
      if (missing.length === 0) return partitions.map((partition) => found.get(partition) as number);
      const byLeader = Map.groupBy(missing, (partition) => view.leaders[partition] ?? -1);
      await Promise.all(
        [...byLeader].map(async ([leader, led]) => {
          const wanted = led.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp }));
          try {
            const parameters: listOffsetsV7.ListOffsetsRequest = [-1, 0, [{ name: topic, partitions: wanted }]];
            const answer = await this.askBroker(leader, 'questions', listOffsetsV7.api, parameters, deadline);
            for (const { partitionIndex, errorCode, offset } of answer.topics[0]?.partitions ?? []) {
              if (errorCode === codes.none) found.set(partitionIndex, Number(offset));
              else failure = new Error(nameOfCode(errorCode));
            }
          } catch (error) {
            failure = error;
          }
        }),
      );
      if (found.size === partitions.length) continue;
      view = await this.look(topic, deadline);
      await delay(Math.min(pauseMs, deadline.leftMs));
    }
    throw unavailable(`no leader of ${topic} answers`, failure);
  }

  /** Ends the connections of a lane, and whatever waits there. */
  drop(lane: Lane): void {
    for (const [key, connecting] of this.#connections) {
      if (!key.endsWith(`/${lane}`)) continue;
      this.#connections.delete(key);
      closeWhenOpen(connecting);
    }
  }

  /** Ends every connection and rejects what waits there. */
  close(): void {
    this.#closed = true;
    for (const connecting of this.#connections.values()) closeWhenOpen(connecting);
    this.#connections.clear();
  }

  async #look(name: string, deadline: Deadline): Promise<TopicView> {
    for (let attempt = 1; ; attempt += 1) {
      const view = (await this.describe([name], deadline)).get(name);
      if (view !== undefined) return view;
      // A broker may learn of a new topic a moment after another one created it.
      if (attempt === 2) throw new UnknownTopicError(`no topic ${name}: create it with ensureTopics`);
      await delay(2 * pauseMs);
    }
  }

  async #connect(address: Address, lane: Lane, deadline: Deadline): Promise<BrokerConnection> {
    this.demand();
    const key = `${keyOf(address)}/${lane}`;
    for (let existing = this.#connections.get(key); existing !== undefined; existing = this.#connections.get(key)) {
      const connection = await deadline.wait(existing);
      if (connection.open) return connection;
      if (this.#connections.get(key) === existing) this.#connections.delete(key);
    }
    const forget = () => {
      if (this.#connections.get(key) === connecting) this.#connections.delete(key);
    };
    const connecting = BrokerConnection.open(address, this.settings, deadline.leftMs, forget);
    this.#connections.set(key, connecting);
    try {
      const connection = await connecting;
      if (this.#closed) connection.close();
      return connection;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

function closeWhenOpen(connecting: Promise<BrokerConnection>): void {
  connecting.then(
    (connection) => connection.close(),
    () => {},
  );
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
