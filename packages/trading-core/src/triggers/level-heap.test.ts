import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LevelHeap } from './level-heap.ts';

interface Item {
  readonly id: number;
  slot: number;
}

const newHeap = (direction: 'rises' | 'falls') =>
  new LevelHeap<Item>(direction, (item, slot) => {
    item.slot = slot;
  });

describe('LevelHeap', () => {
  it('is reached by a price at its first level or beyond it', () => {
    const rows = [
      ['rises', [10, 12], 9, false],
      ['rises', [10, 12], 10, true],
      ['rises', [10, 12], 11, true],
      ['falls', [10, 12], 13, false],
      ['falls', [10, 12], 12, true],
      ['falls', [10, 12], 11, true],
      ['rises', [-3], -4, false],
      ['rises', [-3], -3, true],
      ['falls', [0], 1, false],
      ['falls', [0], 0, true],
      ['rises', [], Number.MAX_SAFE_INTEGER, false],
      ['falls', [], Number.MIN_SAFE_INTEGER, false],
    ] as const;
    for (const [direction, levels, price, isReached] of rows) {
      const heap = newHeap(direction);
      for (const [index, level] of levels.entries()) heap.insert({ id: index, slot: -1 }, level);
      assert.equal(heap.isReachedBy(price), isReached, `${direction} ${levels.join()} by ${price}`);
    }
  });

  it('gives back its items as a sorted list does, whatever is removed in between', () => {
    const level = fc.integer({ min: -20, max: 20 });
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('insert' as const), level }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), pick: fc.nat(), level }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'pop' as const }) },
    );
    fc.assert(
      fc.property(
        fc.constantFrom('rises' as const, 'falls' as const),
        fc.array(step, { maxLength: 120 }),
        (direction, steps) => {
          const heap = newHeap(direction);
          const sign = direction === 'rises' ? 1 : -1;
          let list: { item: Item; level: number }[] = [];
          const removeItem = (item: Item): void => {
            heap.remove(item.slot);
            assert.equal(item.slot, -1);
            list = list.filter((entry) => entry.item !== item);
          };
          for (const [index, action] of steps.entries()) {
            if (action.kind === 'insert') {
              // Ids in no order of insertion.
              const item = { id: (index * 37) % 127, slot: -1 };
              heap.insert(item, action.level);
              list.push({ item, level: action.level });
            } else if (action.kind === 'pop') {
              const first = heap.first();
              if (first !== undefined) removeItem(first);
            } else {
              const entry = list[action.pick % Math.max(1, list.length)];
              if (entry === undefined) continue;
              if (action.kind === 'remove') removeItem(entry.item);
              else {
                entry.level = action.level;
                heap.move(entry.item.slot, action.level);
              }
            }
            list.sort((a, b) => sign * (a.level - b.level) || a.item.id - b.item.id);
            assert.equal(heap.size, list.length);
            assert.equal(heap.first(), list[0]?.item);
            assert.equal(heap.firstLevel(), list[0]?.level);
            if (list[0] !== undefined) {
              assert.equal(heap.isReachedBy(list[0].level), true);
              assert.equal(heap.isReachedBy(list[0].level - sign), false);
            }
            for (const { item, level } of list) assert.equal(heap.levelAt(item.slot), level);
            assert.deepEqual(new Set(heap.items()), new Set(list.map(({ item }) => item)));
          }
          for (const { item } of list) {
            assert.equal(heap.first(), item);
            heap.remove(item.slot);
          }
          assert.equal(heap.size, 0);
          assert.equal(heap.items().length, 0);
          assert.equal(heap.first(), undefined);
          assert.equal(heap.firstLevel(), undefined);
        },
      ),
      { numRuns: 300 },
    );
  });
});
