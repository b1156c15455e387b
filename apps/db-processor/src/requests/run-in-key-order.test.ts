import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { runInKeyOrder } from './run-in-key-order.ts';

interface Item {
  readonly key: string;
  readonly turns: number;
  readonly fails: boolean;
}

const items = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    turns: fc.nat(3),
    fails: fc.boolean().map((fails) => fails),
  }),
  { maxLength: 20 },
);

describe('runInKeyOrder', () => {
  it('keeps the order of a key, the bound, and stops a key at its first failure', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), async (all: readonly Item[], concurrencyMax) => {
        const done: Item[] = [];
        const running = new Map<string, number>();
        let most = 0;
        const errors = await runInKeyOrder(all, { keyOf: ({ key }) => key, concurrencyMax }, async (item) => {
          running.set(item.key, (running.get(item.key) ?? 0) + 1);
          const counts = [...running.values()];
          assert.ok(Math.max(...counts) === 1, 'one of a key at a time');
          most = Math.max(most, counts.length);
          for (let index = 0; index < item.turns; index += 1) await turn();
          running.delete(item.key);
          done.push(item);
          if (item.fails) throw item;
        });
        assert.ok(most <= concurrencyMax);
        const expected = [...Map.groupBy(all, ({ key }) => key).values()].flatMap((own) => {
          const first = own.findIndex(({ fails }) => fails);
          return [first < 0 ? own : own.slice(0, first + 1)];
        });
        for (const own of expected) {
          assert.deepEqual(
            done.filter(({ key }) => key === own[0]?.key),
            own,
          );
        }
        assert.deepEqual(new Set(errors), new Set(expected.map((own) => own.at(-1)).filter((item) => item?.fails)));
      }),
    );
  });

  it('runs different keys side by side', async () => {
    const gate = Promise.withResolvers<void>();
    let started = 0;
    await runInKeyOrder(['a', 'b', 'c'], { keyOf: (key) => key, concurrencyMax: 3 }, async () => {
      started += 1;
      if (started === 3) gate.resolve();
      await gate.promise;
    });
    assert.equal(started, 3);
  });
});
