import { type MessageRecord, NumericMap, ProduceAcks, produceV9 } from '@platformatic/kafka';
import { messageBytes, recordBytesMax } from '../message-bytes.ts';
import { partitionOfKey } from '../murmur2.ts';
import type { KafkaMessage, SendOptions } from '../port.ts';
import type { Cluster, TopicView } from './cluster.ts';
import { callMsMax, Deadline } from './deadline.ts';
import { codes, mayPass, nameOfCode, unavailable } from './failures.ts';
import { type ProducerId, ProducerIds } from './producer-ids.ts';
import { Send } from './send.ts';

/** Below the brokers' default `message.max.bytes`, which counts a whole batch. */
const batchBytesMax = 900_000;
const batchRecordsMax = 10_000;
/** What may wait for the brokers before sends are refused at once. */
const waitingBytesMax = 64 * 1_048_576;
const pauseMs = 50;
/** Sequences are positive 32-bit integers that begin again at 0. */
const sequences = 2 ** 31;

interface QueuedRecord {
  readonly message: MessageRecord;
  readonly bytes: number;
  readonly send: Send;
}

interface Batch {
  readonly lane: PartitionLane;
  readonly producer: ProducerId;
  readonly firstSequence: number;
  readonly records: readonly QueuedRecord[];
  readonly deadline: Deadline;
  /** The brokers may have it: it was sent, and no answer came. */
  uncertain: boolean;
}

/** The records of one partition, in order. At most one batch is under way. */
interface PartitionLane {
  readonly topic: string;
  readonly partition: number;
  queue: QueuedRecord[];
  batch: Batch | undefined;
  /** Not before this time, ms of the monotonic clock. */
  notBeforeMs: number;
  /** Undefined when the next batch needs a new one, because it is not known what became of the last. */
  producer: ProducerId | undefined;
  nextSequence: number;
}

/**
 * Appends with acks=all as an idempotent producer. What is sent while a request is under way goes into the next one.
 * A batch keeps its sequence numbers through its retries, so it is never appended twice; a batch that is given up
 * leaves its producer id behind, for nobody knows what became of it.
 */
export class Sender {
  readonly #cluster: Cluster;
  readonly #lanes = new Map<string, PartitionLane>();
  /** Sends whose topic is not known yet. */
  readonly #unplaced = new Map<string, { readonly messages: readonly KafkaMessage[]; readonly send: Send }[]>();
  readonly #sends = new Set<Send>();
  readonly #busyBrokers = new Set<number>();
  readonly #producerIds: ProducerIds;
  #waitingBytes = 0;
  #pumping = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#producerIds = new ProducerIds(cluster);
  }

  async send(topic: string, messages: readonly KafkaMessage[], options: SendOptions): Promise<void> {
    const bytes = messages.map(messageBytes);
    if (bytes.some((size) => size > recordBytesMax)) {
      throw new RangeError(`topic ${topic}: a record of more than ${recordBytesMax} bytes`);
    }
    if (messages.length === 0) {
      await this.#cluster.look(topic, new Deadline());
      return;
    }
    const total = bytes.reduce((sum, size) => sum + size, 0);
    if (this.#waitingBytes + total > waitingBytesMax) {
      throw unavailable(`${this.#waitingBytes} bytes wait for the Kafka brokers already`);
    }
    this.#waitingBytes += total;
    const send = new Send(messages.length, total, options.beforeWrite);
    this.#sends.add(send);
    const view = this.#cluster.known(topic);
    const unplaced = this.#unplaced.get(topic);
    if (view !== undefined && unplaced === undefined) this.#place(view, messages, send);
    else {
      // Copied, because the caller may change it before it is placed.
      const copy = messages.map((message) => ({
        ...message,
        ...(message.headers && { headers: { ...message.headers } }),
      }));
      if (unplaced !== undefined) unplaced.push({ messages: copy, send });
      else {
        this.#unplaced.set(topic, [{ messages: copy, send }]);
        void this.#look(topic);
      }
    }
    try {
      await send.done;
    } finally {
      this.#waitingBytes -= total;
      this.#sends.delete(send);
    }
  }

  /** Rejects what was not acknowledged. */
  close(): void {
    for (const send of this.#sends) send.fail(unavailable('this client is closed'));
  }

  async #look(topic: string): Promise<void> {
    let view: TopicView | undefined;
    let failure: unknown;
    try {
      view = await this.#cluster.look(topic, new Deadline());
    } catch (error) {
      failure = error;
    }
    const unplaced = this.#unplaced.get(topic) ?? [];
    this.#unplaced.delete(topic);
    for (const { messages, send } of unplaced) {
      if (send.settled) continue;
      if (view === undefined) send.fail(failure);
      else this.#place(view, messages, send);
    }
  }

  #place(view: TopicView, messages: readonly KafkaMessage[], send: Send): void {
    for (const message of messages) {
      const partition = partitionOfKey(message.key, view.leaders.length);
      const { queue } = this.#lane(view.name, partition);
      queue.push({ message: toRecord(view.name, partition, message), bytes: messageBytes(message), send });
    }
    this.#pump();
  }

  #lane(topic: string, partition: number): PartitionLane {
    const key = `${topic}:${partition}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { topic, partition, queue: [], batch: undefined, notBeforeMs: 0, producer: undefined, nextSequence: 0 };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** In a microtask, so that sends begun together travel together. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    const now = performance.now();
    const ready = [...this.#lanes.values()].filter(
      (lane) => lane.notBeforeMs <= now && (lane.batch !== undefined || lane.queue.length > 0),
    );
    const byLeader = Map.groupBy(ready, ({ topic, partition }) => this.#cluster.leader(topic, partition));
    for (const [leader, lanes] of byLeader) {
      if (this.#busyBrokers.has(leader)) continue;
      this.#busyBrokers.add(leader);
      void this.#produce(leader, lanes).finally(() => {
        this.#busyBrokers.delete(leader);
        this.#pump();
      });
    }
  }

  async #produce(leader: number, lanes: readonly PartitionLane[]): Promise<void> {
    let batches: Batch[] = [];
    try {
      const producer = await this.#producerIds.current();
      batches = lanes.flatMap((lane) => this.#batchOf(lane, producer) ?? []);
    } catch (error) {
      for (const { queue } of lanes) for (const { send } of queue.splice(0)) send.fail(error);
      for (const { batch } of lanes) if (batch !== undefined) this.#giveUp(batch, error);
      return;
    }
    // A request has one producer id.
    const [first] = batches;
    if (first === undefined) return;
    const together = batches.filter(({ producer }) => producer === first.producer);
    const deadline = new Deadline(Math.min(...together.map(({ deadline: { leftMs } }) => leftMs)));
    const firstSequences = new NumericMap();
    for (const { lane, firstSequence } of together)
      firstSequences.set(`${lane.topic}:${lane.partition}`, firstSequence);
    const messages = together.flatMap(({ records }) => records.map(({ message }) => message));
    const parameters: produceV9.ProduceRequest = [
      ProduceAcks.ALL,
      callMsMax,
      messages,
      { ...first.producer, sequences: firstSequences },
    ];
    const guards = new Set(together.flatMap(({ records }) => records.map(({ send }) => send.beforeWrite)));
    let refusal: unknown;
    const beforeWrite = () => {
      try {
        for (const guard of guards) guard?.();
      } catch (error) {
        refusal = error;
        throw error;
      }
    };
    try {
      const answer = await this.#cluster.askBroker(leader, 'produce', produceV9.api, parameters, deadline, beforeWrite);
      const answered = new Map<string, number>();
      for (const { name, partitionResponses } of typeof answer === 'boolean' ? [] : answer.responses) {
        for (const { index, errorCode } of partitionResponses) answered.set(`${name}:${index}`, errorCode);
      }
      await Promise.all(
        together.map((batch) => {
          const code = answered.get(`${batch.lane.topic}:${batch.lane.partition}`);
          return this.#settle(batch, code ?? codes.requestTimedOut);
        }),
      );
    } catch (error) {
      if (refusal !== undefined) {
        for (const batch of together) this.#giveUp(batch, refusal);
        return;
      }
      for (const batch of together) batch.uncertain = true;
      await Promise.all(together.map((batch) => this.#again(batch, error)));
    }
  }

  /** The batch to send: the one that is to be repeated, or a new one. */
  #batchOf(lane: PartitionLane, producer: ProducerId): Batch | undefined {
    if (lane.batch !== undefined) return lane.batch;
    const records: QueuedRecord[] = [];
    let bytes = 0;
    let taken = 0;
    for (const record of lane.queue) {
      if (records.length > 0 && (bytes + record.bytes > batchBytesMax || records.length === batchRecordsMax)) break;
      taken += 1;
      if (record.send.settled) continue;
      bytes += record.bytes;
      records.push(record);
    }
    lane.queue = lane.queue.slice(taken);
    const [first] = records;
    if (first === undefined) return undefined;
    if (lane.producer === undefined) {
      lane.producer = producer;
      lane.nextSequence = 0;
    }
    lane.batch = {
      lane,
      producer: lane.producer,
      firstSequence: lane.nextSequence,
      records,
      deadline: first.send.deadline,
      uncertain: false,
    };
    return lane.batch;
  }

  async #settle(batch: Batch, code: number): Promise<void> {
    const { lane, records } = batch;
    if (code === codes.none || code === codes.duplicateSequence) {
      lane.batch = undefined;
      lane.nextSequence = (batch.firstSequence + records.length) % sequences;
      for (const [send, ofSend] of Map.groupBy(records, ({ send }) => send)) {
        if (!send.settled) send.appended(ofSend.length);
      }
    } else if (code === codes.messageTooLarge || code === codes.recordListTooLarge) {
      this.#giveUp(batch, new RangeError(`topic ${lane.topic} does not take records of this size`));
    } else if (isVoid(code) && !batch.uncertain) {
      // The brokers forgot the producer, and have not taken the batch: it begins again under a new id.
      this.#forget(batch);
      lane.queue = [...records, ...lane.queue];
    } else if (mayPass(code)) {
      await this.#again(batch, new Error(nameOfCode(code)));
    } else {
      this.#giveUp(batch, unavailable(`the Kafka brokers refuse records of ${lane.topic}: ${nameOfCode(code)}`));
    }
  }

  /** Leaves the batch to be sent again after a pause, to the leader of then. */
  async #again(batch: Batch, cause: unknown): Promise<void> {
    const { lane } = batch;
    try {
      if (batch.deadline.leftMs <= pauseMs) throw unavailable(`no leader of ${lane.topic} answers`, cause);
      await this.#cluster.look(lane.topic, batch.deadline);
      lane.notBeforeMs = performance.now() + pauseMs;
      setTimeout(() => this.#pump(), pauseMs + 1);
    } catch (error) {
      this.#giveUp(batch, error);
    }
  }

  #giveUp(batch: Batch, error: unknown): void {
    this.#forget(batch);
    for (const { send } of batch.records) if (!send.settled) send.fail(error);
  }

  /** The next batch of its partition goes under a new producer id. */
  #forget({ lane, producer }: Batch): void {
    lane.batch = undefined;
    lane.producer = undefined;
    this.#producerIds.discard(producer);
  }
}

function toRecord(topic: string, partition: number, { key, value, headers }: KafkaMessage): MessageRecord {
  return {
    topic,
    partition,
    key: Buffer.from(key),
    value: Buffer.from(value),
    ...(headers && {
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    }),
  };
}

function isVoid(code: number): boolean {
  return code === codes.outOfOrderSequence || code === codes.unknownProducerId || code === codes.invalidProducerEpoch;
}
