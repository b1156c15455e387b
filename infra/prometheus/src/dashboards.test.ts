import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Dashboard, GridPos } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboards } from './dashboards/index.ts';
import { repository } from './read-files.ts';

const directory = path.join(repository, 'infra/grafana/dashboards');
const files = globSync('*.json', { cwd: directory }).sort();
const read = (file: string) => JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as Dashboard;

describe('dashboards', () => {
  it('are written as their source says: `bun run dashboards` in infra/prometheus', () => {
    assert.deepEqual(
      files,
      Object.keys(dashboards)
        .map((name) => `${name}.json`)
        .sort(),
    );
    for (const [name, dashboard] of Object.entries(dashboards)) {
      assert.deepEqual(read(`${name}.json`), JSON.parse(JSON.stringify(dashboard)), name);
    }
  });

  it('have ids and titles of their own', () => {
    for (const key of ['uid', 'title'] as const) {
      const values = files.map((file) => read(file)[key]);
      assert.equal(new Set(values).size, files.length, String(values));
    }
  });

  for (const file of files) {
    it(`${file} has no panel over another or beyond the edge, and each has an id of its own`, () => {
      const panels = read(file).panels ?? [];
      assert.ok(panels.length > 5);
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      const places = panels.map(({ gridPos }) => gridPos as GridPos);
      for (const [index, one] of places.entries()) {
        assert.ok(one.x >= 0 && one.w > 0 && one.x + one.w <= 24, `${file} ${index}`);
        for (const other of places.slice(index + 1)) assert.ok(!overlap(one, other), `${file} ${index}`);
      }
    });
  }
});

function overlap(one: GridPos, other: GridPos): boolean {
  const apart = one.x + one.w <= other.x || other.x + other.w <= one.x;
  return !apart && one.y < other.y + other.h && other.y < one.y + one.h;
}
