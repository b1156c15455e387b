import { backoffMs, sleep } from '../backoff.ts';
import { type ConsumeOptions, type Consumer, KafkaUnavailableError } from '../port.ts';
import type { Cluster } from './cluster.ts';
import { Deadline } from './deadline.ts';
import { unavailable } from './failures.ts';
import type { Fetcher } from './fetcher.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { GroupMember } from './group-member.ts';
import { GroupOffsets, keyOfPlace, type Place } from './group-offsets.ts';
import { type Beginning, PartitionReader } from './partition-reader.ts';
import type { TopicPartitions } from './share-partitions.ts';

const flushMsMax = 1_500;

/** A member of a group: reads what the group gave it, and gives up what the group wants back once that is handled. */
export class ApacheConsumer implements Consumer {
  readonly ready: Promise<void>;
  readonly #cluster: Cluster;
  readonly #fetcher: Fetcher;
  readonly #options: ConsumeOptions;
  readonly #coordinator: GroupCoordinator;
  readonly #member: GroupMember;
  readonly #offsets: GroupOffsets;
  readonly #closing = new AbortController();
  readonly #assigned = Promise.withResolvers<void>();
  /** What is read here, and what is being given up. */
  readonly #readers = new Map<string, PartitionReader>();
  /** Of these another member tells the group. */
  readonly #lost = new WeakSet<PartitionReader>();
  /** The group does not know yet that partitions are free. */
  #gaveUp = false;
  /** What the group gave. */
  #target = new Map<string, Place>();
  #closed: Promise<void> | undefined;
  readonly #onClosed: () => void;

  constructor(cluster: Cluster, fetcher: Fetcher, options: ConsumeOptions, onClosed: () => void) {
    this.#cluster = cluster;
    this.#fetcher = fetcher;
    this.#options = options;
    this.#onClosed = onClosed;
    this.#coordinator = new GroupCoordinator(cluster, options.groupId);
    this.#member = new GroupMember(cluster, this.#coordinator, {
      topics: options.topics,
      owned: () => this.#owned(),
      onAssigned: (partitions) => this.#assign(partitions),
      onLost: () => this.#lose(),
      onTrouble: this.#onTrouble,
    });
    this.#offsets = new GroupOffsets(this.#coordinator, this.#member);
    this.ready = this.#join();
  }

  async lag(): Promise<readonly { topic: string; partition: number; lag: number }[]> {
    const reading = [...this.#readers.values()].filter(({ handled, stopping }) => handled !== undefined && !stopping);
    const deadline = new Deadline();
    const lags = await Promise.all(
      groupByTopic(reading.map(({ place }) => place)).map(async ({ topic, partitions }) => {
        const ends = await this.#cluster.offsets(topic, partitions, 'latest', deadline);
        return partitions.map((partition, index) => {
          const handled = this.#readers.get(keyOfPlace({ topic, partition }))?.handled ?? 0;
          return { topic, partition, lag: Math.max(0, (ends[index] ?? 0) - handled) };
        });
      }),
    );
    return lags.flat();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #owned(): TopicPartitions[] {
    const mine = [...this.#readers.values()].filter((reader) => !this.#lost.has(reader));
    return groupByTopic(mine.map(({ place }) => place));
  }

  /** Waits for the brokers, then for the group's first word. */
  async #join(): Promise<void> {
    const { signal } = this.#closing;
    this.#cluster.demand();
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const deadline = new Deadline();
        await Promise.all(this.#options.topics.map((topic) => this.#cluster.topic(topic, deadline)));
        break;
      } catch (error) {
        if (!(error instanceof KafkaUnavailableError)) throw error;
        if (attempt === 1) this.#onTrouble(`group ${this.#options.groupId} is out of reach`, error);
        await sleep(backoffMs(attempt), signal);
      }
    }
    if (signal.aborted) return;
    this.#member.start();
    await this.#assigned.promise;
  }

  #assign(partitions: readonly TopicPartitions[]): void {
    const places = partitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
    this.#target = new Map(places.map((place) => [keyOfPlace(place), place]));
    for (const [key, reader] of this.#readers) if (!this.#target.has(key)) void this.#giveUp(reader);
    void this.#begin().then(this.#assigned.resolve);
  }

  /** Begins to read what it was given and does not read yet. */
  async #begin(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const places = [...this.#target].flatMap(([key, place]) => (this.#readers.has(key) ? [] : [place]));
    if (places.length === 0) return;
    const { promise: beginnings, resolve } = Promise.withResolvers<ReadonlyMap<string, Beginning>>();
    const readers = places.map((place) => this.#reader(place, beginnings));
    for (const reader of readers) this.#readers.set(keyOfPlace(reader.place), reader);
    resolve(await this.#beginningsOf(readers));
  }

  #reader(place: Place, beginnings: Promise<ReadonlyMap<string, Beginning>>): PartitionReader {
    const beginning = beginnings.then((found) => found.get(keyOfPlace(place)));
    const reader = new PartitionReader(place, beginning, {
      cluster: this.#cluster,
      fetcher: this.#fetcher,
      consume: this.#options,
      onHandled: (offset) => {
        if (!this.#lost.has(reader)) this.#offsets.handled(place, offset);
      },
      onTrouble: this.#onTrouble,
    });
    return reader;
  }

  /**
   * Where the group is in each partition. One without a stored offset begins where the options say, and that is
   * stored at once: the next owner must not begin at a later end.
   */
  async #beginningsOf(readers: readonly PartitionReader[]): Promise<ReadonlyMap<string, Beginning>> {
    const { signal } = this.#closing;
    for (let attempt = 1; ; attempt += 1) {
      const wanted = readers.filter(({ stopping }) => !stopping).map(({ place }) => place);
      const found = new Map<string, Beginning>();
      if (wanted.length === 0 || signal.aborted) return found;
      try {
        const stored = await this.#offsets.read(groupByTopic(wanted), new Deadline());
        for (const { topic, partitions } of groupByTopic(wanted)) {
          const { id } = await this.#cluster.topic(topic, new Deadline());
          const fresh = partitions.filter((partition) => !stored.has(keyOfPlace({ topic, partition })));
          const firsts = await this.#cluster.offsets(topic, fresh, this.#options.from, new Deadline());
          const positions = new Map(fresh.map((partition, index) => [partition, firsts[index] as number]));
          for (const partition of partitions) {
            const key = keyOfPlace({ topic, partition });
            const position = stored.get(key) ?? positions.get(partition);
            if (position !== undefined) found.set(key, { topicId: id, position });
          }
        }
        const owned = readers.filter(({ stopping }) => !stopping).map(({ place }) => place);
        for (const place of owned) {
          const beginning = found.get(keyOfPlace(place));
          if (beginning !== undefined && !stored.has(keyOfPlace(place)))
            this.#offsets.handled(place, beginning.position);
        }
        if (stored.size < found.size) await this.#offsets.flush(new Deadline());
        return found;
      } catch (error) {
        if (attempt === 1) this.#onTrouble(`the offsets of group ${this.#options.groupId} are out of reach`, error);
        await sleep(backoffMs(attempt), signal);
      }
    }
  }

  /** Finishes the batch in hand and stores its offset; then the group may give the partition to another. */
  async #giveUp(reader: PartitionReader): Promise<void> {
    if (reader.stopping) return;
    await reader.stop();
    const key = keyOfPlace(reader.place);
    if (!this.#lost.has(reader)) {
      await this.#offsets.flush(new Deadline(flushMsMax));
      // Never later: the next owner's word counts from now on.
      this.#offsets.forget(reader.place);
    }
    this.#readers.delete(key);
    if (this.#target.has(key)) void this.#begin();
    else this.#gaveUp ||= !this.#lost.has(reader);
    if (!this.#gaveUp || [...this.#readers.values()].some(({ stopping }) => stopping)) return;
    this.#gaveUp = false;
    this.#member.rejoin();
  }

  /** Others read the partitions now; what is in hand here is finished, but not stored. */
  #lose(): void {
    this.#onTrouble(`group ${this.#options.groupId} put this member out`, unavailable('it was silent for too long'));
    this.#offsets.clear();
    this.#target.clear();
    for (const reader of this.#readers.values()) {
      this.#lost.add(reader);
      void this.#giveUp(reader);
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    // Heartbeats go on meanwhile, so that the partitions stay here until their batches are done.
    await Promise.all([...this.#readers.values()].map((reader) => reader.stop()));
    await this.#offsets.flush(new Deadline(flushMsMax));
    this.#offsets.clear();
    await this.#member.leave();
    this.#readers.clear();
    this.#assigned.resolve();
    await this.ready.catch(() => {});
    this.#onClosed();
  }

  readonly #onTrouble = (message: string, error: unknown): void => {
    if (!this.#closing.signal.aborted) this.#cluster.settings.onTrouble?.(message, error);
  };
}

function groupByTopic(places: readonly Place[]): TopicPartitions[] {
  return [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition }) => partition),
  }));
}
