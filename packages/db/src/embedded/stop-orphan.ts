import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isServerOf, readPostmasterPid } from './postmaster-pid.ts';

const FAST_MS = 10_000;
const IMMEDIATE_MS = 5_000;

/**
 * Stops the server that an owner killed without warning left behind, and removes what a killed server left of itself.
 * Only for the holder of the owner lock.
 *
 * @returns whether there was a server.
 */
export async function stopOrphan(directory: string): Promise<boolean> {
  const status = await readPostmasterPid(directory);
  if (status === undefined) return false;
  const { pid } = status;
  if (!(await isServerOf(pid, directory))) {
    // The id may belong to somebody else by now, and the next server would take that one for its rival.
    await rm(path.join(directory, 'postmaster.pid'), { force: true });
    return false;
  }
  // Fast: rolls back what is open and writes everything out. Immediate: recovers from the log at the next start.
  const stopped =
    (await signalAndWait(pid, directory, 'SIGINT', FAST_MS)) ||
    (await signalAndWait(pid, directory, 'SIGQUIT', IMMEDIATE_MS));
  if (!stopped) {
    throw new EmbeddedPostgresError(`A PostgreSQL server left by an earlier run (process ${pid}) does not stop.`);
  }
  await rm(path.join(directory, 'postmaster.pid'), { force: true });
  return true;
}

async function signalAndWait(
  pid: number,
  directory: string,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<boolean> {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (!(await isServerOf(pid, directory))) return true;
    await delay(20);
  }
  return false;
}
