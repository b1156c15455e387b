import { type Assignable, assignPartitions } from '../assign-partitions.ts';
import type { ConsumeOptions } from '../port.ts';
import type { Availability } from './availability.ts';
import type { EventLoopTurn } from './event-loop-turn.ts';
import { PartitionConsumer, type StoredOffset } from './partition-consumer.ts';
import type { PartitionLog } from './partition-log.ts';

/** One consumer of a group; known by its options object. */
export type GroupMember = ConsumeOptions;

interface GroupPartition extends Assignable<GroupMember>, StoredOffset {
  readonly partition: number;
  /** Who reads it now; lags behind `owner` while the batch in hand is finished. */
  reading: { readonly member: GroupMember; readonly consumer: PartitionConsumer } | undefined;
  moving: Promise<void> | undefined;
}

/** A consumer group: its members share the partitions, its offsets outlive them. */
export class ConsumerGroup {
  readonly #broker: Availability;
  readonly #turn: EventLoopTurn;
  readonly #members = new Set<GroupMember>();
  readonly #partitions = new Map<string, GroupPartition>();

  constructor(broker: Availability, turn: EventLoopTurn) {
    this.#broker = broker;
    this.#turn = turn;
  }

  /** Resolves when the member reads what it was given. */
  async join(member: GroupMember, logs: ReadonlyMap<string, readonly PartitionLog[]>): Promise<void> {
    for (const [topic, partitions] of logs) {
      partitions.forEach((log, partition) => {
        const key = `${topic}:${partition}`;
        if (this.#partitions.has(key)) return;
        const place = { topic, partition, log, owner: undefined, stored: undefined };
        this.#partitions.set(key, { ...place, reading: undefined, moving: undefined });
      });
    }
    this.#members.add(member);
    this.#rebalance();
    const mine = [...this.#partitions.values()].filter(({ owner }) => owner === member);
    await Promise.all(mine.flatMap(({ moving }) => moving ?? []));
  }

  /** Resolves when the member's batches in hand are done and their offsets stored. */
  async leave(member: GroupMember): Promise<void> {
    if (!this.#members.delete(member)) return;
    const inHand = this.#readBy(member);
    this.#rebalance();
    await Promise.all(inHand.flatMap(({ reading }) => reading?.consumer.finished ?? []));
  }

  /** Records not handled yet in the partitions that the member reads. */
  lag(member: GroupMember): { topic: string; partition: number; lag: number }[] {
    return this.#readBy(member).map(({ topic, partition, log, stored = 0 }) => ({
      topic,
      partition,
      lag: log.endOffset - Math.max(stored, log.firstOffset),
    }));
  }

  #readBy(member: GroupMember): GroupPartition[] {
    return [...this.#partitions.values()].filter(({ reading }) => reading?.member === member);
  }

  #rebalance(): void {
    assignPartitions(this.#partitions.values(), this.#members, ({ topics }, topic) => topics.includes(topic));
    for (const partition of this.#partitions.values()) partition.moving ??= this.#move(partition);
  }

  /** Takes the partition from its reader, if it has another owner now, and gives it to the owner. */
  async #move(partition: GroupPartition): Promise<void> {
    // Never ends at once, so that `moving` is set before it is cleared.
    await Promise.resolve();
    while (partition.reading?.member !== partition.owner) {
      if (partition.reading !== undefined) {
        await partition.reading.consumer.stop();
        partition.reading = undefined;
      } else if (partition.owner !== undefined) {
        const consumer = new PartitionConsumer(partition, partition.owner, this.#broker, this.#turn);
        partition.reading = { member: partition.owner, consumer };
      }
    }
    partition.moving = undefined;
  }
}
