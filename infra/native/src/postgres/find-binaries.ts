import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { InfraError } from '../infra-error.ts';
import type { OnStep } from '../on-step.ts';
import { runTool } from '../process/run-tool.ts';
import { ensurePackage } from '../system-package.ts';

const VERSION_MIN = 15;
/** Where packages put them, outside the path: Debian, Red Hat, Homebrew. */
const PARENTS = [
  { parent: '/usr/lib/postgresql', named: /^\d+$/ },
  { parent: '/usr', named: /^pgsql-\d+$/ },
  { parent: '/opt/homebrew/opt', named: /^postgresql@\d+$/ },
  { parent: '/usr/local/opt', named: /^postgresql@\d+$/ },
];

export interface PostgresBinaries {
  /** The folder of `postgres` and `initdb`. */
  readonly folder: string;
  /** The major version. */
  readonly version: number;
}

/**
 * Finds PostgreSQL 15 or later on this machine, or installs it.
 *
 * @param wanted the major version that the data were made by; a new data directory takes the newest.
 * @throws InfraError when there is none.
 */
export async function ensurePostgres(wanted: number | undefined, onStep: OnStep): Promise<PostgresBinaries> {
  let found = await findAll();
  if (found.length === 0) {
    await ensurePackage({ title: 'PostgreSQL', debian: 'postgresql', homebrew: 'postgresql@18', onStep });
    found = await findAll();
  }
  const versions = found.map(({ version }) => version).join(', ') || 'none';
  const chosen = wanted === undefined ? found[0] : found.find(({ version }) => version === wanted);
  if (chosen !== undefined && chosen.version >= VERSION_MIN) return chosen;
  if (wanted !== undefined) {
    throw new InfraError(
      `The data were made by PostgreSQL ${wanted} and this machine has ${versions}: install that one, or forget the data (npm run infra:down -- --data).`,
    );
  }
  throw new InfraError(`PostgreSQL ${VERSION_MIN} or later is needed and this machine has ${versions}.`);
}

/** Newest first. */
async function findAll(): Promise<readonly PostgresBinaries[]> {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  for (const { parent, named } of PARENTS) {
    const names = await readdir(parent).catch(() => []);
    folders.push(...names.filter((name) => named.test(name)).map((name) => path.join(parent, name, 'bin')));
  }
  const complete = [...new Set(folders)].filter((folder) =>
    ['postgres', 'initdb'].every((program) => existsSync(path.join(folder, program))),
  );
  const found = await Promise.all(complete.map(async (folder) => ({ folder, version: await versionOf(folder) })));
  return found.toSorted((a, b) => b.version - a.version);
}

async function versionOf(folder: string): Promise<number> {
  const { output } = await runTool(path.join(folder, 'postgres'), ['--version']);
  return Number(/\(PostgreSQL\) (\d+)/.exec(output)?.[1] ?? 0);
}
