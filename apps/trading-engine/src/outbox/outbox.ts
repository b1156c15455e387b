import { randomUUID } from 'node:crypto';
import { type Kafka, type KafkaMessage, partitionOfKey } from '@repo/kafka';
import { type TradeEvent, tradeShards } from '@repo/schemas';
import type { Pool } from 'pg';
import type { CausedEvent } from '../books/commit-statement.ts';
import { readEvents } from '../books/read-events.ts';
import type { ReachPoint } from '../crash-points.ts';
import { retry } from './retry.ts';

/** Events kept here while the log is away; beyond that they are read from the books again. */
const KEPT_MAX = 20_000;
const CHUNK = 500;

export interface OutboxOptions {
  readonly shard: number;
  readonly kafka: Pick<Kafka, 'send'>;
  readonly pool: Pick<Pool, 'query'>;
  /** Events up to this one are published. */
  readonly publishedSequence: number;
  readonly committedSequence: number;
  /** Told of each try that failed. */
  readonly onFailure: (error: unknown) => void;
  readonly reachPoint: ReachPoint;
}

/**
 * Publishes the committed events of a shard on `trade-events`, each at least once and in order, however long the log is
 * away. The books are the outbox: what is kept here only saves reading them.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #closing = new AbortController();
  #published: number;
  #committed: number;
  /** The newest committed events, without gaps; some older ones may be in the books alone. */
  #kept: CausedEvent[] = [];
  #running: Promise<void> | undefined;
  readonly #toMessage: (caused: CausedEvent) => KafkaMessage;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#toMessage = toMessage(options.shard);
    this.#published = options.publishedSequence;
    this.#committed = options.committedSequence;
    this.#run();
  }

  get publishedSequence(): number {
    return this.#published;
  }

  /** Events that wait. */
  get lag(): number {
    return this.#committed - this.#published;
  }

  /** Events held in memory. */
  get kept(): number {
    return this.#kept.length;
  }

  /** Takes events in that have just been committed. */
  add(events: readonly CausedEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#committed = last.event.sequence;
    this.#kept.push(...events);
    if (this.#kept.length > KEPT_MAX) this.#kept = [];
    this.#run();
  }

  /** Resolves when everything that was added is published, or the signal aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    while (this.#running !== undefined && !signal.aborted) {
      const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await Promise.race([this.#running, aborted]);
    }
  }

  close(): void {
    this.#closing.abort();
  }

  #run(): void {
    if (this.#running !== undefined || this.lag === 0 || this.#closing.signal.aborted) return;
    this.#running = this.#publish().finally(() => {
      this.#running = undefined;
      this.#run();
    });
  }

  async #publish(): Promise<void> {
    const { kafka, onFailure, reachPoint } = this.#options;
    const { signal } = this.#closing;
    while (this.lag > 0 && !signal.aborted) {
      const events = await this.#next();
      if (signal.aborted) return;
      if (events.length === 0) throw new Error(`${this.lag} committed events are not in the books`);
      const sent = await retry(() => kafka.send('trade-events', events.map(this.#toMessage)), { signal, onFailure });
      if (!sent) return;
      await reachPoint('after-publish');
      this.#published = (events.at(-1) as CausedEvent).event.sequence;
    }
  }

  /** What comes after the last one published. */
  async #next(): Promise<readonly CausedEvent[]> {
    const { pool, shard, onFailure } = this.#options;
    this.#kept = this.#kept.filter(({ event }) => event.sequence > this.#published);
    if (this.#kept[0]?.event.sequence === this.#published + 1) return this.#kept.slice(0, CHUNK);
    let read: readonly CausedEvent[] = [];
    const { signal } = this.#closing;
    await retry(
      async () => {
        read = await readEvents(pool, shard, { after: this.#published, upTo: this.#committed, limit: CHUNK });
      },
      { signal, onFailure },
    );
    return read;
  }
}

function toMessage(shard: number): (caused: CausedEvent) => KafkaMessage {
  const keyOfAll = keyInto(shard);
  return ({ event, commandId }) => {
    const accountId = 'accountId' in event ? event.accountId : null;
    const { sequence, type, at } = event;
    const message: TradeEvent = { id: randomUUID(), at, shard, sequence, accountId, commandId, type, data: event };
    return { key: accountId ?? keyOfAll, value: JSON.stringify(message) };
  };
}

/** A key that lands in the shard's own partition, so that all events of a shard keep their order. */
function keyInto(shard: number): string {
  for (let number = 0; ; number += 1) {
    const key = `shard-${shard}-${number}`;
    if (partitionOfKey(key, tradeShards) === shard) return key;
  }
}
