import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import * as tables from './tables.ts';
import * as tradingTables from './trading-tables.ts';

const migrations = new URL('../migrations/', import.meta.url);

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`meta/${name}`, migrations), 'utf8')) as T;
}

it('has a migration for every change of tables.ts', async () => {
  const { entries } = await readJson<{ entries: { idx: number }[] }>('_journal.json');
  const newest = String(entries.at(-1)?.idx).padStart(4, '0');
  const migrated = await readJson<ReturnType<typeof generateDrizzleJson>>(`${newest}_snapshot.json`);
  const missing = await generateMigration(migrated, generateDrizzleJson({ ...tables, ...tradingTables }, migrated.id));
  assert.deepEqual(missing, [], 'run `bun run db:generate`');
});
