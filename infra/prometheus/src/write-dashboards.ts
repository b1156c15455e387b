import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboards } from './dashboards/index.ts';

// `bun run dashboards` after a change below src/dashboards; a test compares the files with their source.
const directory = path.join(import.meta.dirname, '../../grafana/dashboards');
mkdirSync(directory, { recursive: true });
for (const [name, dashboard] of Object.entries(dashboards)) {
  writeFileSync(path.join(directory, `${name}.json`), JSON.stringify(dashboard, undefined, 2));
}
execFileSync('biome', ['format', '--write', directory], { stdio: 'inherit' });
