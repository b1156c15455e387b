import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { canRun, openToAll, type PostgresAccount } from './postgres-account.ts';

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
  const created = await mkdir(systemDir, { recursive: true });
  if (created !== undefined) await chmod(systemDir, 0o711); // whatever the umask
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
