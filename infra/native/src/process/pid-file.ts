import { readFile, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

const serverRunSchema = z.object({ pid: z.int().min(2), begun: z.string(), logStart: z.int().min(0) });

/** A server from a start to an end. */
export interface ServerRun extends ProcessIdentity {
  /** Where in its log file this run begins, in bytes. */
  readonly logStart: number;
}

/** @returns the run that the file names when it is alive; a file that is stale, damaged or absent names none. */
export async function readPidFile(file: string): Promise<ServerRun | undefined> {
  let parsed: z.ZodSafeParseResult<ServerRun>;
  try {
    parsed = serverRunSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
  return parsed.success && (await isAlive(parsed.data)) ? parsed.data : undefined;
}

export async function writePidFile(file: string, run: ServerRun): Promise<void> {
  await writeFile(file, `${JSON.stringify(run)}\n`);
}

export async function removePidFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
