import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type MemberClaim, sharePartitions, type TopicPartitions } from './share-partitions.ts';

const placesOf = (shared: readonly TopicPartitions[] | undefined): string[] =>
  (shared ?? []).flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}:${partition}`));
const newcomer = (id: string): MemberClaim => ({ id, topics: ['t'], owned: [], generation: -1 });

describe('sharePartitions', () => {
  it('gives a lone member everything it subscribes to', () => {
    const counts = new Map([
      ['t', 3],
      ['other', 2],
    ]);
    const shared = sharePartitions([newcomer('a')], counts);
    assert.deepEqual(placesOf(shared.get('a')), ['t:0', 't:1', 't:2']);
  });

  it('takes partitions from their owner before another gets them', () => {
    const counts = new Map([['t', 4]]);
    const owner = { ...newcomer('a'), owned: [{ topic: 't', partitions: [0, 1, 2, 3] }], generation: 1 };
    const first = sharePartitions([owner, newcomer('b')], counts);
    assert.equal(placesOf(first.get('a')).length, 2);
    assert.deepEqual(first.get('b'), []);
    const keeps = { ...owner, owned: first.get('a') ?? [], generation: 2 };
    const second = sharePartitions([keeps, newcomer('b')], counts);
    assert.deepEqual(second.get('a'), first.get('a'));
    assert.equal(placesOf(second.get('b')).length, 2);
  });

  it('believes the latest of two claims', () => {
    const owned = [{ topic: 't', partitions: [0] }];
    const stale = { ...newcomer('a'), owned, generation: 3 };
    const current = { ...newcomer('b'), owned, generation: 5 };
    const shared = sharePartitions([stale, current], new Map([['t', 1]]));
    assert.deepEqual([placesOf(shared.get('a')), placesOf(shared.get('b'))], [[], ['t:0']]);
  });

  it('settles in two rounds, evenly, each partition with one member at any time', () => {
    const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(ids, { minLength: 1, maxLength: 6 }), (count, rounds) => {
        const counts = new Map([['t', count]]);
        let owned: ReadonlyMap<string, readonly TopicPartitions[]> = new Map();
        rounds.forEach((members, round) => {
          for (const generation of [2 * round, 2 * round + 1]) {
            const before = owned;
            owned = sharePartitions(
              members.map((id) => ({ ...newcomer(id), owned: before.get(id) ?? [], generation })),
              counts,
            );
            const given = [...owned.values()].flatMap(placesOf);
            assert.equal(new Set(given).size, given.length);
            for (const [id, places] of owned) {
              for (const place of placesOf(places)) {
                const owner = members.find((member) => placesOf(before.get(member)).includes(place));
                assert.ok(owner === undefined || owner === id, 'nobody gets what another has');
              }
            }
          }
          const loads = members.map((id) => placesOf(owned.get(id)).length);
          assert.equal(
            loads.reduce((sum, load) => sum + load, 0),
            count,
          );
          assert.ok(Math.max(...loads) - Math.min(...loads) <= 1);
        });
      }),
    );
  });
});
