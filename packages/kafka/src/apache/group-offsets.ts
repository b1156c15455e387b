import { setTimeout as delay } from 'node:timers/promises';
import { offsetCommitV8, offsetFetchV8 } from '@platformatic/kafka';
import { Deadline } from './deadline.ts';
import { codes, nameOfCode, unavailable } from './failures.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { TopicPartitions } from './share-partitions.ts';

/** Least time between two commits, ms: what a crash may bring again. */
const intervalMs = 100;
const pauseMs = 50;

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export function keyOfPlace({ topic, partition }: Place): string {
  return `${topic}:${partition}`;
}

/** Who commits: the brokers refuse a member of the past. */
export interface Membership {
  readonly memberId: string;
  readonly generation: number;
}

/** A group's stored offsets: reads them, and stores what was handled, soon and at most ten times a second. */
export class GroupOffsets {
  readonly #coordinator: GroupCoordinator;
  readonly #membership: Membership;
  readonly #handled = new Map<string, Place & { readonly offset: number }>();
  #storing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #storedMs = 0;

  constructor(coordinator: GroupCoordinator, membership: Membership) {
    this.#coordinator = coordinator;
    this.#membership = membership;
  }

  /** The stored offset of each partition that has one. Never guesses: rejects unless the coordinator told. */
  async read(places: readonly TopicPartitions[], deadline: Deadline): Promise<ReadonlyMap<string, number>> {
    const { groupId } = this.#coordinator;
    const topics = places.map(({ topic, partitions }) => ({ name: topic, partitionIndexes: [...partitions] }));
    const answer = await this.#coordinator.ask(
      offsetFetchV8.api,
      [[{ groupId, memberEpoch: -1, topics }], true],
      deadline,
    );
    const [group] = answer.groups;
    if (group === undefined || group.errorCode !== codes.none) throw this.#unreadable(group?.errorCode);
    const stored = new Map<string, number>();
    let told = 0;
    for (const { name, partitions } of group.topics) {
      for (const { partitionIndex, committedOffset, errorCode } of partitions) {
        if (errorCode !== codes.none) throw this.#unreadable(errorCode);
        told += 1;
        if (committedOffset >= 0n)
          stored.set(keyOfPlace({ topic: name, partition: partitionIndex }), Number(committedOffset));
      }
    }
    if (told !== places.reduce((sum, { partitions }) => sum + partitions.length, 0)) throw this.#unreadable();
    return stored;
  }

  /** Remembers to store that everything before `offset` is handled. */
  handled(place: Place, offset: number): void {
    this.#handled.set(keyOfPlace(place), { ...place, offset });
    this.#schedule(intervalMs - (performance.now() - this.#storedMs));
  }

  /** Stores what is remembered, now; gives up at the deadline. */
  async flush(deadline: Deadline): Promise<void> {
    while (this.#handled.size > 0 && !deadline.passed) {
      try {
        await this.#store(deadline);
      } catch {
        await delay(Math.min(pauseMs, deadline.leftMs));
      }
    }
  }

  /** Forgets what is not stored of a partition that is another member's now. */
  forget(place: Place): void {
    this.#handled.delete(keyOfPlace(place));
  }

  /** Forgets all that is not stored: it is other members' now. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#handled.clear();
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#store(new Deadline()).catch(() => {
          // A rebalance is under way or the coordinator is away.
          if (this.#handled.size > 0) this.#schedule(intervalMs);
        });
      },
      Math.max(0, ms),
    );
  }

  async #store(deadline: Deadline): Promise<void> {
    while (this.#storing !== undefined) await this.#storing.catch(() => {});
    this.#storing = this.#commit(deadline).finally(() => {
      this.#storing = undefined;
      this.#storedMs = performance.now();
    });
    await this.#storing;
  }

  async #commit(deadline: Deadline): Promise<void> {
    const sent = new Map(this.#handled);
    if (sent.size === 0) return;
    const { generation, memberId } = this.#membership;
    const topics = [...Map.groupBy(sent.values(), ({ topic }) => topic)].map(([name, places]) => ({
      name,
      partitions: places.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
      })),
    }));
    const { groupId } = this.#coordinator;
    const answer = await this.#coordinator.ask(
      offsetCommitV8.api,
      [groupId, generation, memberId, null, topics],
      deadline,
    );
    let refused: number | undefined;
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        const key = keyOfPlace({ topic: name, partition: partitionIndex });
        // A topic that is gone has no offset to store.
        if (errorCode !== codes.none && errorCode !== codes.unknownTopicOrPartition) refused = errorCode;
        else if (this.#handled.get(key) === sent.get(key)) this.#handled.delete(key);
      }
    }
    if (refused === undefined) return;
    this.#coordinator.heed(refused);
    throw unavailable(`group ${groupId} does not take offsets: ${nameOfCode(refused)}`);
  }

  #unreadable(code: number = codes.coordinatorNotAvailable): Error {
    this.#coordinator.heed(code);
    return unavailable(`the offsets of group ${this.#coordinator.groupId} are not to be had: ${nameOfCode(code)}`);
  }
}
