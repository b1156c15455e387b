import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createCursors, pageOf } from './cursors.ts';
import { ProblemError } from './problem-error.ts';

const cursors = createCursors<[number, number]>('ledger', 2);

it('a cursor is read as it was written, of its own list alone', () => {
  for (const place of [
    [0, 1],
    [12, 0],
    [Number.MAX_SAFE_INTEGER, 3],
  ] as [number, number][]) {
    const text = cursors.write(place);
    assert.match(text, /^[\w-]+$/);
    assert.deepEqual(cursors.read(text), place);
    for (const other of [createCursors('ledger', 1), createCursors('fills', 2)]) {
      assert.throws(() => other.read(text), ProblemError);
    }
  }
});

it('what nobody wrote is refused', () => {
  const written = ['', 'ledger', 'ledger 1', 'ledger 1 2 3', 'ledger 1 -2', 'ledger 1 2 ', 'ledger 1 9007199254740993'];
  const raw = ['%', `${cursors.write([1, 2])}=`, `${cursors.write([1, 2])}A`, ' ', 'é'];
  for (const text of [...raw, ...written.map((place) => Buffer.from(place).toString('base64url'))]) {
    assert.throws(() => cursors.read(text), { code: 'invalid-request' }, text);
  }
});

it('a page has a cursor only when rows follow', () => {
  const page = (rows: number[]) => pageOf(rows, 2, String, (row) => `after ${row}`);
  assert.deepEqual(page([]), { items: [], nextCursor: null });
  assert.deepEqual(page([9, 8]), { items: ['9', '8'], nextCursor: null });
  assert.deepEqual(page([9, 8, 7]), { items: ['9', '8'], nextCursor: 'after 8' });
});
