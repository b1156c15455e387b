/** A partition of a group: who has it, and who could. */
export interface Assignable<Member> {
  owner: Member | undefined;
  readonly topic: string;
}

/**
 * Shares partitions evenly among the members that subscribe to their topic, changing as few owners as that needs.
 * Sets `owner` in place; a partition that nobody subscribes to has none.
 */
export function assignPartitions<Member>(
  partitions: Iterable<Assignable<Member>>,
  members: Iterable<Member>,
  subscribes: (member: Member, topic: string) => boolean,
): void {
  const slots = [...partitions];
  const load = new Map([...members].map((member) => [member, 0]));
  const loadOf = (member: Member) => load.get(member) ?? 0;
  const leastLoaded = (topic: string): Member | undefined => {
    let least: Member | undefined;
    for (const member of load.keys()) {
      if (!subscribes(member, topic)) continue;
      if (least === undefined || loadOf(member) < loadOf(least)) least = member;
    }
    return least;
  };
  const give = (slot: Assignable<Member>, member: Member | undefined) => {
    if (slot.owner !== undefined && load.has(slot.owner)) load.set(slot.owner, loadOf(slot.owner) - 1);
    slot.owner = member;
    if (member !== undefined) load.set(member, loadOf(member) + 1);
  };

  for (const slot of slots) {
    if (slot.owner === undefined) continue;
    if (load.has(slot.owner)) load.set(slot.owner, loadOf(slot.owner) + 1);
    else slot.owner = undefined;
  }
  for (const slot of slots) if (slot.owner === undefined) give(slot, leastLoaded(slot.topic));

  // From the most loaded to the least; each move lowers the sum of squared loads, so this ends.
  for (;;) {
    let heaviest: { slot: Assignable<Member>; least: Member; excess: number } | undefined;
    for (const slot of slots) {
      const least = leastLoaded(slot.topic);
      if (slot.owner === undefined || least === undefined) continue;
      const excess = loadOf(slot.owner) - loadOf(least);
      if (excess >= 2 && excess > (heaviest?.excess ?? 0)) heaviest = { slot, least, excess };
    }
    if (heaviest === undefined) return;
    give(heaviest.slot, heaviest.least);
  }
}
