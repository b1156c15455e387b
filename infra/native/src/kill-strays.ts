import { glob } from 'node:fs/promises';
import path from 'node:path';
import { childrenOf } from './process/children-of.ts';
import { readPidFile } from './process/pid-file.ts';

/**
 * Kills every server whose state is anywhere below a directory: what killed tests leave behind.
 *
 * @returns how many there were.
 */
export async function killStrays(directory: string): Promise<number> {
  let killed = 0;
  for await (const file of glob('**/pids/*.json', { cwd: directory })) {
    const run = await readPidFile(path.join(directory, file));
    if (run === undefined) continue;
    for (const pid of [run.pid, ...(await childrenOf(run.pid))]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    killed += 1;
  }
  return killed;
}
