import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirstPerWindow } from './first-per-window.ts';

test('tells the first of a key from the rest', () => {
  const firsts = new FirstPerWindow(10);
  assert.equal(firsts.isFirst('a', 60_000), true);
  assert.equal(firsts.isFirst('a', 60_000), false);
  assert.equal(firsts.isFirst('b', 60_000), true);
});

test('a window that is over begins anew', () => {
  const firsts = new FirstPerWindow(10);
  assert.equal(firsts.isFirst('a', 0), true);
  assert.equal(firsts.isFirst('a', 60_000), true);
  assert.equal(firsts.isFirst('a', 60_000), false);
});

test('keeps so many keys and forgets the oldest', () => {
  const firsts = new FirstPerWindow(2);
  for (const key of ['a', 'b', 'c']) firsts.isFirst(key, 60_000);
  assert.equal(firsts.isFirst('c', 60_000), false);
  assert.equal(firsts.isFirst('b', 60_000), false);
  assert.equal(firsts.isFirst('a', 60_000), true);
});
