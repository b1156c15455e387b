import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { canEnter, canRun, openToAll, type PostgresAccount } from './postgres-account.ts';

// Root often works in a directory that is closed to everybody else (/root, `mktemp -d`), and PostgreSQL cannot run as
// root. What its user cannot reach there is kept in a system directory instead.

/** Where the cluster of `dataDir` lives: there, or in `systemDir` with a file in `dataDir` that says where. */
export async function findReachableHome(account: PostgresAccount, dataDir: string, systemDir: string): Promise<string> {
  const pointer = path.join(dataDir, 'cluster-location');
  const known = await readIfPresent(pointer);
  if (known !== undefined) {
    if (await canEnter(account, known)) return known;
    throw new EmbeddedPostgresError(
      `The database of ${dataDir} is kept in ${known}, which is gone or closed: restore it, or remove ${pointer} to begin with an empty one.`,
    );
  }
  // The directory itself is ours; those above it are not.
  if (await canEnter(account, path.dirname(dataDir))) await chmod(dataDir, 0o711);
  if (await canEnter(account, dataDir)) return dataDir;
  await ensureOpenDirectory(systemDir);
  const home = await mkdtemp(path.join(systemDir, 'database-'));
  await chmod(home, 0o711);
  if (!(await canEnter(account, home))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root and its user "postgres" may enter neither ${dataDir} nor ${systemDir}: start as another user.`,
    );
  }
  await writeFile(pointer, `${home}\n`, { flush: true });
  return home;
}

/** The folder of binaries, or a copy of it in `systemDir` when the account cannot reach the one given. */
export async function findReachableBinaries(
  account: PostgresAccount,
  binaries: string,
  systemDir: string,
): Promise<string> {
  if (await canRun(account, path.join(binaries, 'bin', 'postgres'))) return binaries;
  const { version } = JSON.parse(await readFile(path.join(binaries, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const copy = path.join(systemDir, `postgresql-${version}`);
  if (await canRun(account, path.join(copy, 'bin', 'postgres'))) return copy;
  await ensureOpenDirectory(systemDir);
  const unfinished = await mkdtemp(`${copy}-`);
  await cp(binaries, unfinished, { recursive: true, verbatimSymlinks: true });
  await openToAll(unfinished);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another start was quicker: its copy is as good.
    if (!(await canRun(account, path.join(copy, 'bin', 'postgres')))) throw error;
  }
  return copy;
}

async function ensureOpenDirectory(directory: string): Promise<void> {
  const created = await mkdir(directory, { recursive: true });
  if (created !== undefined) await chmod(directory, 0o711); // whatever the umask
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
