import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the server says of itself in `postmaster.pid`. */
export interface PostmasterStatus {
  readonly pid: number;
  readonly ready: boolean;
}

/** @returns `undefined` when no server has written the file, or not yet all of it. */
export async function readPostmasterPid(directory: string): Promise<PostmasterStatus | undefined> {
  let text: string;
  try {
    text = await readFile(path.join(directory, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  // The eighth line: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/utils/pidfile.h
  return Number.isSafeInteger(pid) && pid > 1 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

/**
 * Whether a process is, alive, the server of this directory. A process id alone proves nothing: after a crash it may
 * belong to anybody.
 */
export async function isServerOf(pid: number, directory: string): Promise<boolean> {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await run('ps', ['-o', 'args=', '-p', String(pid)]);
      return stdout.includes('postgres') && stdout.includes(directory);
    }
    // A server works in its data directory. A zombie has no working directory any more.
    const [name, cwd] = await Promise.all([readFile(`/proc/${pid}/comm`, 'utf8'), readlink(`/proc/${pid}/cwd`)]);
    return name.trim() === 'postgres' && cwd === (await realpath(directory));
  } catch {
    return false; // no such process, or one of another user
  }
}
