import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A directory that PostgreSQL's user may enter, with the way to remove it. */
export async function createTemporaryDirectory(): Promise<{ directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-db-'));
  await chmod(directory, 0o711);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
