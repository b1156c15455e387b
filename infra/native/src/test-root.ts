import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InfraError } from './infra-error.ts';
import { killStrays } from './kill-strays.ts';
import { readPidFile, writePidFile } from './process/pid-file.ts';
import { identify } from './process/process-identity.ts';

/** A temporary directory for everything that one run of the distributed tests starts. */
export interface TestRoot {
  readonly directory: string;
  /** Kills what tests left running below it, and removes it. @returns how many servers were left. */
  remove(): Promise<number>;
}

/** Makes one, and removes those of runs that were killed, with the servers that they left. */
export async function createTestRoot(): Promise<TestRoot> {
  const parent = path.join(tmpdir(), 'cfd-broker-distributed');
  await mkdir(parent, { recursive: true, mode: 0o711 });
  for (const name of await readdir(parent)) {
    const directory = path.join(parent, name);
    if ((await readPidFile(ownerFile(directory))) === undefined) await remove(directory);
  }
  const directory = await mkdtemp(path.join(parent, 'run-'));
  await chmod(directory, 0o711); // PostgreSQL's user passes through
  const own = await identify(process.pid);
  if (own === undefined) throw new InfraError('This process cannot be found in the list of processes.');
  await writePidFile(ownerFile(directory), { ...own, logStart: 0 });
  return { directory, remove: () => remove(directory) };
}

function ownerFile(directory: string): string {
  return path.join(directory, 'owner.json');
}

async function remove(directory: string): Promise<number> {
  const killed = await killStrays(directory);
  // A server that was just killed may still be writing.
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return killed;
}
