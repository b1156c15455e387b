import { ProblemError } from './problem-error.ts';

/** Writes where a page ended, and reads it again. */
export interface Cursors<Place extends readonly number[]> {
  write(place: Place): string;
  /** @throws ProblemError `invalid-request` of what this list did not write. */
  read(cursor: string): Place;
}

const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * Cursors of one list: opaque to clients, and of no use elsewhere. They say where to go on, never whose rows to read.
 *
 * @param list no other list has this name.
 * @param length how many numbers make a place.
 */
export function createCursors<Place extends readonly number[]>(list: string, length: Place['length']): Cursors<Place> {
  const write = (place: Place) => Buffer.from([list, ...place].join(' ')).toString('base64url');
  return {
    write,
    read(cursor) {
      const [name, ...numbers] = Buffer.from(cursor, 'base64url').toString().split(' ');
      const place = numbers.map(Number) as unknown as Place;
      const isOurs =
        name === list &&
        numbers.length === length &&
        numbers.every((text) => NUMBER.test(text) && Number.isSafeInteger(Number(text))) &&
        write(place) === cursor;
      if (isOurs) return place;
      throw new ProblemError('invalid-request', { errors: [{ path: '/cursor', message: 'is not one of this list' }] });
    },
  };
}

/** A page of rows that were asked for with one more than `limit`, and the cursor to the next one. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  cursorAfter: (row: Row) => string,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    nextCursor: rows.length > limit && last !== undefined ? cursorAfter(last) : null,
  };
}
