import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canEnter, findPostgresAccount } from '../postgres-account.ts';

/** A directory that PostgreSQL's user may enter, with the way to remove it. */
export async function createTemporaryDirectory(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const account = await findPostgresAccount();
  // Root's own may be closed to others.
  const open = account === undefined || (await canEnter(account, tmpdir()));
  const directory = await mkdtemp(path.join(open ? tmpdir() : '/tmp', 'cfd-broker-db-'));
  await chmod(directory, 0o711);
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
