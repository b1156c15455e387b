import { type Assignable, assignPartitions } from '../assign-partitions.ts';

export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/** What a member of a group told its leader. */
export interface MemberClaim {
  readonly id: string;
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartitions[];
  /** The generation in which it got what it owns; the latest claim to a partition counts. */
  readonly generation: number;
}

interface Slot extends Assignable<string> {
  readonly partition: number;
}

/**
 * Shares the partitions evenly, moving as few as that needs. A partition that moves goes to nobody at first: its owner
 * gives it up and joins again, and then the new one gets it. So no two members ever read one partition.
 */
export function sharePartitions(
  members: readonly MemberClaim[],
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartitions[]> {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const owners = ownersOf(sorted);
  const slots: Slot[] = [...partitionCounts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition, owner: owners.get(`${topic}:${partition}`) })),
  );
  const topicsOf = new Map(sorted.map(({ id, topics }) => [id, new Set(topics)]));
  assignPartitions(slots, topicsOf.keys(), (id, topic) => topicsOf.get(id)?.has(topic) === true);
  const settled = slots.filter(({ topic, partition, owner }) => {
    const before = owners.get(`${topic}:${partition}`);
    return before === undefined || before === owner;
  });
  return new Map(
    sorted.map(({ id }) => {
      const mine = Map.groupBy(
        settled.filter(({ owner }) => owner === id),
        ({ topic }) => topic,
      );
      return [id, [...mine].map(([topic, ofTopic]) => ({ topic, partitions: ofTopic.map((slot) => slot.partition) }))];
    }),
  );
}

function ownersOf(members: readonly MemberClaim[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { id, owned } of members.toSorted((a, b) => a.generation - b.generation)) {
    for (const { topic, partitions } of owned)
      for (const partition of partitions) owners.set(`${topic}:${partition}`, id);
  }
  return owners;
}
