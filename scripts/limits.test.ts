import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

const docs = path.join(import.meta.dirname, '../docs');
const lines = readFileSync(path.join(docs, 'limits.md'), 'utf8').split('\n');
const rows = lines.filter((line) => line.startsWith('| ') && !line.startsWith('| limit '));

describe('docs/limits.md', () => {
  for (const row of rows) {
    it(row, () => {
      const [, , value, name = '', file = ''] =
        /^\| (.+) \| (\d[\d. ·]*) \| \[`(\w+)`\]\((\S+)\) \|$/.exec(row) ?? assert.fail('not a row');
      assert.equal(valueIn(readFileSync(path.join(docs, file), 'utf8'), name), value);
    });
  }
});

/** What a source gives the name, as a constant or as a field: a number, a product of some, or one or another. */
function valueIn(source: string, name: string): string {
  const given = new RegExp(`\\b${name}(?:: number)? ?[=:] (?:\\w+ \\? )?([\\d_.]+(?: [*:] [\\d_.]+)*)[,; ]`).exec(
    source,
  )?.[1];
  assert.ok(given, `${name} is not in the source`);
  return given
    .split(' : ')
    .map((product) => product.split(' * ').reduce((result, factor) => result * Number(factor.replaceAll('_', '')), 1))
    .join(' · ');
}
