import { backoffMs, sleep } from '../backoff.ts';
import { batchSizeDefault, handleBatch } from '../handle-batch.ts';
import type { ConsumeOptions, KafkaRecord } from '../port.ts';
import type { Cluster } from './cluster.ts';
import { Deadline } from './deadline.ts';
import type { Fetcher } from './fetcher.ts';
import type { Place } from './group-offsets.ts';
import type { PartitionFeed } from './partition-feed.ts';

/** Where to begin, in which incarnation of the topic. */
export interface Beginning {
  readonly topicId: string;
  readonly position: number;
}

export interface PartitionReaderOptions {
  readonly cluster: Cluster;
  readonly fetcher: Fetcher;
  readonly consume: ConsumeOptions;
  /** Everything before `offset` is handled. */
  readonly onHandled: (offset: number) => void;
  readonly onTrouble: (message: string, error: unknown) => void;
}

/** Hands one partition to the handler, batch after batch, until it is told to stop. */
export class PartitionReader {
  readonly place: Place;
  /** Resolves when the batch in hand is done. */
  readonly finished: Promise<void>;
  readonly #options: PartitionReaderOptions;
  readonly #stopping = new AbortController();
  #handled: number | undefined;
  #nextBatchMs = 0;

  /** Begins when it is known where: undefined if that was given up. */
  constructor(place: Place, beginning: Promise<Beginning | undefined>, options: PartitionReaderOptions) {
    this.place = place;
    this.#options = options;
    this.finished = this.#run(beginning);
  }

  /** The next offset to handle; undefined until it is known. */
  get handled(): number | undefined {
    return this.#handled;
  }

  get stopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    return this.finished;
  }

  async #run(begins: Promise<Beginning | undefined>): Promise<void> {
    const { signal } = this.#stopping;
    let beginning = await begins;
    for (let attempt = 1; beginning !== undefined && !signal.aborted; attempt += 1) {
      this.#handled = beginning.position;
      const feed = this.#options.fetcher.open({ ...this.place, ...beginning });
      signal.addEventListener('abort', feed.wake);
      let failure: unknown;
      for (;;) {
        let records: readonly KafkaRecord[] | undefined;
        try {
          records = await this.#nextBatch(feed);
        } catch (error) {
          failure = error;
        }
        if (records === undefined || !(await handleBatch(this.#options.consume, records, signal))) break;
        this.#handled = (records.at(-1)?.offset ?? 0) + 1;
        this.#options.onHandled(this.#handled);
        attempt = 0;
      }
      feed.close();
      signal.removeEventListener('abort', feed.wake);
      if (signal.aborted) return;
      const { topic, partition } = this.place;
      if (attempt === 1) this.#options.onTrouble(`partition ${partition} of ${topic} is out of reach`, failure);
      await sleep(backoffMs(attempt), signal);
      beginning = await this.#goOn({ ...beginning, position: this.#handled }, failure instanceof RangeError);
    }
  }

  /** Undefined when told to stop. Throws what the feed failed with. */
  async #nextBatch(feed: PartitionFeed): Promise<readonly KafkaRecord[] | undefined> {
    const { signal } = this.#stopping;
    const { batchIntervalMs = 0, batchSizeMax = batchSizeDefault } = this.#options.consume;
    while (!signal.aborted) {
      const earlyMs = this.#nextBatchMs - performance.now();
      if (!feed.waiting) await feed.wait();
      else if (earlyMs > 0) await sleep(earlyMs, signal);
      else {
        this.#nextBatchMs = performance.now() + batchIntervalMs;
        return feed.take(batchSizeMax);
      }
    }
    return undefined;
  }

  /** After a failure: where it was, unless that place is gone with its log. Then everything that the log has. */
  async #goOn(was: Beginning, gone: boolean): Promise<Beginning> {
    const { topic, partition } = this.place;
    try {
      const deadline = new Deadline();
      const { id } = await this.#options.cluster.look(topic, deadline);
      if (id === was.topicId && !gone) return was;
      const [earliest = 0] = await this.#options.cluster.offsets(topic, [partition], 'earliest', deadline);
      return { topicId: id, position: earliest };
    } catch {
      // The feed that is opened with it fails too, and it is asked again.
      return was;
    }
  }
}
