import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { type AccountProcess, runAsAccount } from './run-as-account.ts';

export const ownerName = 'postgres';
const UNFINISHED = 'initializing-';

/** An initialised database cluster and the password of its owner. */
export interface Cluster {
  /** PostgreSQL's own data directory. */
  readonly directory: string;
  readonly ownerPassword: string;
}

export interface ClusterOptions {
  /** Where `cluster/` stands or will stand. */
  readonly dataDir: string;
  readonly binaries: string;
  readonly account: PostgresAccount | undefined;
  /** Whether the new cluster must survive a power cut. */
  readonly durable: boolean;
  /** Called when there is none yet. */
  readonly onInitialise: () => void;
}

/**
 * Opens the cluster in `dataDir` or makes one. A new one is built beside its place and moved there when it is
 * complete and on the disk, password included: what a killed start leaves is never taken for a cluster, and what is
 * called `cluster` is never removed.
 */
export async function ensureCluster(options: ClusterOptions): Promise<Cluster> {
  const place = path.join(options.dataDir, 'cluster');
  await removeUnfinished(options.dataDir);
  if (!(await exists(place))) {
    options.onInitialise();
    await initialise(options, place);
  }
  const directory = path.join(place, 'data');
  if (!(await exists(path.join(directory, 'PG_VERSION')))) {
    throw new EmbeddedPostgresError(
      `${directory} is not a PostgreSQL data directory: restore it, or move ${place} away to begin with an empty one.`,
    );
  }
  return { directory, ownerPassword: (await readFile(path.join(place, 'owner-password'), 'utf8')).trim() };
}

async function initialise({ dataDir, binaries, account, durable }: ClusterOptions, place: string): Promise<void> {
  const unfinished = await mkdtemp(path.join(dataDir, UNFINISHED));
  const passwordFile = path.join(unfinished, 'owner-password');
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flush: true });
  if (account !== undefined) {
    await chown(passwordFile, account.uid, account.gid);
    await chown(unfinished, account.uid, account.gid);
  }
  const initdb = await runAsAccount({
    program: path.join(binaries, 'bin', 'initdb'),
    argumentsFor: (directory) => [
      `--pgdata=${path.join(directory, 'data')}`,
      `--username=${ownerName}`,
      `--pwfile=${path.join(directory, 'owner-password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order of texts on every machine, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ],
    directory: unfinished,
    account,
    output: 'pipe',
  });
  const failure = await failureOf(initdb);
  if (failure !== undefined) throw new EmbeddedPostgresError(`PostgreSQL could not initialise ${place}: ${failure}`);
  await rename(unfinished, place);
  await flushDirectory(dataDir);
}

/** @returns the reason, if possible in the program's own words, or `undefined` when it ended well. */
async function failureOf({ child, ended }: AccountProcess): Promise<string | undefined> {
  const lines: string[] = [];
  // Both are read, so that the program never waits for a reader.
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  }
  const failure = await ended;
  return failure === undefined ? undefined : (lines.find((line) => /error|fatal/i.test(line)) ?? failure);
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(UNFINISHED)) await rm(path.join(dataDir, name), { recursive: true, force: true });
  }
}

async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
