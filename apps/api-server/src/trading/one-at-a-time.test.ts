import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OneAtATime } from './one-at-a-time.ts';

test('tasks of a key follow one another, also after one that failed; others do not wait', async () => {
  const tasks = new OneAtATime();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = tasks.run('a', async () => {
    told.push('first');
    await gate.promise;
    throw new Error('of the first');
  });
  first.catch(() => undefined);
  const second = tasks.run('a', async () => {
    told.push('second');
    return 2;
  });
  assert.equal(await tasks.run('b', async () => 'other'), 'other');
  assert.deepEqual(told, ['first']);
  gate.resolve();
  await assert.rejects(first, /of the first/);
  assert.equal(await second, 2);
  assert.deepEqual(told, ['first', 'second']);
});
