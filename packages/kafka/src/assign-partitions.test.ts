import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Assignable, assignPartitions } from './assign-partitions.ts';

type Slot = Assignable<string>;
const slots = (topic: string, count: number): Slot[] =>
  Array.from({ length: count }, () => ({ topic, owner: undefined }));
const loads = (partitions: readonly Slot[], members: readonly string[]): number[] =>
  members.map((member) => partitions.filter(({ owner }) => owner === member).length);

describe('assignPartitions', () => {
  it('shares evenly through any comings and goings, and moves no more than it must', () => {
    const membersOfRound = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(membersOfRound, { maxLength: 6 }), (count, rounds) => {
        const partitions = slots('topic', count);
        for (const members of rounds) {
          const before = partitions.map(({ owner }) => owner);
          assignPartitions(partitions, members, () => true);
          const share = loads(partitions, members);
          assert.ok(Math.max(...share) - Math.min(...share) <= 1, `shares ${share.join()}`);
          assert.equal(
            share.reduce((total, load) => total + load, 0),
            count,
          );
          // Whoever stays gives up nothing below an even share.
          const even = Math.floor(count / members.length);
          for (const member of members) {
            const had = before.filter((owner) => owner === member).length;
            const keeps = partitions.filter(({ owner }, index) => owner === member && before[index] === member).length;
            assert.ok(keeps >= Math.min(had, even), `${member} had ${had}, keeps ${keeps}`);
          }
        }
      }),
    );
  });

  it('gives a partition only to who subscribes to its topic', () => {
    const partitions = [...slots('prices', 4), ...slots('requests', 4), ...slots('nobody', 1)];
    const topics: Record<string, readonly string[]> = { a: ['prices'], b: ['prices', 'requests'] };
    assignPartitions(partitions, ['a', 'b'], (member, topic) => topics[member]?.includes(topic) ?? false);
    assert.ok(partitions.filter(({ topic }) => topic === 'requests').every(({ owner }) => owner === 'b'));
    assert.equal(partitions.at(-1)?.owner, undefined);
    assert.deepEqual(loads(partitions, ['a', 'b']), [4, 4]);
  });

  it('leaves partitions without an owner when nobody is left', () => {
    const partitions = slots('topic', 2);
    assignPartitions(partitions, ['a'], () => true);
    assignPartitions(partitions, [], () => true);
    assert.deepEqual(partitions, slots('topic', 2));
  });
});
