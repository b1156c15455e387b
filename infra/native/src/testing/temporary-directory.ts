import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new directory that every user may pass through, and that is removed when the variable leaves its scope. */
export async function temporaryDirectory(): Promise<{ directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-infra-'));
  await chmod(directory, 0o711);
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) };
}
