import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coalesced } from './coalesced.ts';

test('questions of one turn, and those that come during a load, go together; each gets its answer', async () => {
  const loads: (readonly number[])[] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const squares = new Coalesced<number, number>(async (keys) => {
    const gate = gates[loads.length];
    loads.push(keys);
    await gate?.promise;
    return keys.map((key) => key * key);
  }, 3);
  const first = Promise.all([squares.ask(1), squares.ask(2)]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(loads, [[1, 2]]);
  const second = Promise.all([3, 4, 5, 6].map((key) => squares.ask(key)));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(loads.length, 1, 'one load at a time');
  gates[0]?.resolve();
  assert.deepEqual(await first, [1, 4]);
  gates[1]?.resolve();
  assert.deepEqual(await second, [9, 16, 25, 36]);
  assert.deepEqual(loads, [[1, 2], [3, 4, 5], [6]], 'three at most');
  assert.equal(await squares.ask(7), 49);
});

test('a load that fails fails for those who asked and those who wait, and nobody later', async () => {
  let isAway = true;
  let loads = 0;
  const twice = new Coalesced<number, number>(async (keys) => {
    loads += 1;
    if (isAway) throw new Error('away');
    return keys.map((key) => key * 2);
  }, 2);
  const results = await Promise.allSettled([1, 2, 3].map((key) => twice.ask(key)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  assert.equal(loads, 1);
  isAway = false;
  assert.equal(await twice.ask(3), 6);
});
