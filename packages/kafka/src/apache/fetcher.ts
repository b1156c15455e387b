import { FetchIsolationLevels, fetchV15, IS_CONTROL, type RecordsBatch } from '@platformatic/kafka';
import { type KafkaRecord, UnknownTopicError } from '../port.ts';
import type { Cluster, Lane } from './cluster.ts';
import { callMsMax, Deadline } from './deadline.ts';
import { codes, mayPass, nameOfCode, unavailable } from './failures.ts';
import { PartitionFeed } from './partition-feed.ts';

/** How long a broker waits for records before it answers with none. */
const waitMsMax = 250;
const answerBytesMax = 16 * 1_048_576;
const partitionBytesMax = 1_048_576;
const pauseMs = 50;
/** While a request waits for records, others ask for what became hungry meanwhile. */
const lanes = 4;
/** What a record without content counts for. */
const recordOverheadBytes = 100;
/** The attribute of a batch whose time is the broker's, at which it was appended. */
const hasAppendTime = 1 << 3;
const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Fetches for every reader and consumer of a client: one request asks a broker for all partitions that are hungry
 * then. It retries while another broker may answer, and fails a feed that had no answer for 1.8 s.
 */
export class Fetcher {
  readonly #cluster: Cluster;
  readonly #feeds = new Set<PartitionFeed>();
  readonly #busy = new Map<number, Set<number>>();
  #pumping = false;
  #closed = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Begins to fetch a partition. Whoever opens it closes it. */
  open(place: {
    readonly topic: string;
    readonly topicId: string;
    readonly partition: number;
    readonly position: number;
  }): PartitionFeed {
    const feed = new PartitionFeed(
      place,
      () => this.#pump(),
      () => this.#feeds.delete(feed),
    );
    if (this.#closed) feed.fail(unavailable('this client is closed'));
    else {
      this.#feeds.add(feed);
      this.#pump();
    }
    return feed;
  }

  close(): void {
    this.#closed = true;
    for (const feed of this.#feeds) feed.fail(unavailable('this client is closed'));
  }

  /** In a microtask, so that feeds opened together are asked for together. */
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
    const hungry = [...this.#feeds].filter((feed) => feed.hungry && feed.notBeforeMs <= now);
    const byLeader = Map.groupBy(hungry, ({ topic, partition }) => this.#cluster.leader(topic, partition));
    for (const [leader, feeds] of byLeader) {
      const busy = this.#busy.get(leader) ?? new Set();
      this.#busy.set(leader, busy);
      const lane = Array.from({ length: lanes }, (_, index) => index).find((index) => !busy.has(index));
      if (lane === undefined) continue;
      const together = compatible(feeds);
      if (together.length < feeds.length) this.#pump();
      busy.add(lane);
      for (const feed of together) {
        feed.fetching = true;
        if (feed.notBeforeMs === 0) feed.owedSinceMs = now;
      }
      void this.#fetch(leader, `fetch-${lane}`, together).finally(() => {
        busy.delete(lane);
        for (const feed of together) {
          feed.fetching = false;
          // To the end, so that those that wait for a request come first.
          if (this.#feeds.delete(feed)) this.#feeds.add(feed);
        }
        this.#pump();
      });
    }
  }

  async #fetch(leader: number, lane: Lane, feeds: readonly PartitionFeed[]): Promise<void> {
    const byPlace = Map.groupBy(feeds, placeOf);
    const firsts = [...byPlace.values()].map(([first]) => first as PartitionFeed);
    const topics: fetchV15.FetchRequestTopic[] = [...Map.groupBy(firsts, ({ topicId }) => topicId)].map(
      ([topicId, ofTopic]) => ({
        topicId,
        partitions: ofTopic.map(({ partition, position }) => ({
          partition,
          currentLeaderEpoch: -1,
          fetchOffset: BigInt(position),
          lastFetchedEpoch: -1,
          partitionMaxBytes: partitionBytesMax,
        })),
      }),
    );
    const isolation = FetchIsolationLevels.READ_UNCOMMITTED;
    const parameters: fetchV15.FetchRequest = [waitMsMax, 1, answerBytesMax, isolation, 0, -1, topics, [], ''];
    try {
      const answer = await this.#cluster.askBroker(leader, lane, fetchV15.api, parameters, new Deadline());
      if (answer.errorCode !== codes.none) throw new Error(nameOfCode(answer.errorCode));
      const troubles: Promise<void>[] = [];
      for (const { topicId, partitions } of answer.responses) {
        for (const { partitionIndex, errorCode, records } of partitions) {
          for (const feed of byPlace.get(placeOf({ topicId, partition: partitionIndex })) ?? []) {
            if (errorCode === codes.none) deliver(feed, records ?? []);
            else troubles.push(this.#trouble(feed, errorCode));
          }
        }
      }
      await Promise.all(troubles);
    } catch (error) {
      await Promise.all(feeds.map((feed) => this.#again(feed, error)));
    }
  }

  async #trouble(feed: PartitionFeed, code: number): Promise<void> {
    if (code === codes.offsetOutOfRange) return this.#seek(feed);
    if (mayPass(code) || code === codes.unknownTopicId || code === codes.inconsistentTopicId) {
      return this.#again(feed, new Error(nameOfCode(code)));
    }
    feed.fail(unavailable(`the Kafka brokers give no records of ${feed.topic}: ${nameOfCode(code)}`));
  }

  /** Retention went past the feed, or the log was cut before it. */
  async #seek(feed: PartitionFeed): Promise<void> {
    try {
      const [earliest = 0] = await this.#cluster.offsets(feed.topic, [feed.partition], 'earliest', new Deadline());
      if (feed.position < earliest) feed.position = earliest;
      else feed.fail(new RangeError(`offset ${feed.position} of ${feed.topic} ${feed.partition} is beyond its end`));
    } catch (error) {
      feed.fail(error);
    }
  }

  /** Leaves the feed to be asked for again after a pause, at the leader of then. */
  async #again(feed: PartitionFeed, cause: unknown): Promise<void> {
    try {
      if (performance.now() - feed.owedSinceMs > callMsMax - waitMsMax) {
        throw unavailable(`no leader of ${feed.topic} answers`, cause);
      }
      const view = await this.#cluster.look(feed.topic, new Deadline());
      if (view.id !== feed.topicId) throw new UnknownTopicError(`topic ${feed.topic} was created anew`);
      feed.notBeforeMs = performance.now() + pauseMs;
      setTimeout(() => this.#pump(), pauseMs + 1);
    } catch (error) {
      feed.fail(error);
    }
  }
}

function placeOf({ topicId, partition }: { readonly topicId: string; readonly partition: number }): string {
  return `${topicId}:${partition}`;
}

/** Those that one request can ask for: the feeds of one partition only when they ask for the same offset. */
function compatible(feeds: readonly PartitionFeed[]): readonly PartitionFeed[] {
  const positions = new Map<string, number>();
  return feeds.filter((feed) => {
    const place = placeOf(feed);
    const position = positions.get(place) ?? feed.position;
    positions.set(place, position);
    return position === feed.position;
  });
}

function deliver(feed: PartitionFeed, batches: readonly RecordsBatch[]): void {
  feed.notBeforeMs = 0;
  const records: KafkaRecord[] = [];
  let { position } = feed;
  let bytes = 0;
  for (const batch of batches) {
    const firstOffset = Number(batch.firstOffset);
    const end = firstOffset + batch.lastOffsetDelta + 1;
    // A batch is whole: it may begin before the offset that was asked for.
    if (end <= position) continue;
    if ((batch.attributes & IS_CONTROL) === 0) {
      const firstTimestamp = Number(batch.firstTimestamp);
      const appendTime = batch.attributes & hasAppendTime ? Number(batch.maxTimestamp) : undefined;
      for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
        const offset = firstOffset + offsetDelta;
        if (offset < position) continue;
        bytes += recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0);
        records.push({
          topic: feed.topic,
          partition: feed.partition,
          offset,
          key: key?.toString() ?? '',
          value: value?.toString() ?? '',
          headers: headers.length === 0 ? noHeaders : toHeaders(headers),
          timestamp: appendTime ?? firstTimestamp + Number(timestampDelta),
        });
      }
    }
    position = end;
  }
  feed.fill(records, bytes, position);
}

function toHeaders(headers: readonly (readonly [Buffer | null, Buffer | null])[]): Readonly<Record<string, string>> {
  return Object.freeze(
    Object.fromEntries(headers.map(([name, value]) => [name?.toString() ?? '', value?.toString() ?? ''])),
  );
}
