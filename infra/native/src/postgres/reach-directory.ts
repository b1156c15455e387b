import { type FileHandle, open } from 'node:fs/promises';
import { canEnter, type PostgresAccount } from './postgres-account.ts';

const INHERITED_FD = 3;

/** A directory's name as a program of the account can reach it. */
export interface ReachableDirectory {
  readonly name: string;
  /** To be handed to the program as its descriptor 3. */
  readonly inherited: FileHandle | undefined;
}

/**
 * Root often works where nobody else may enter (/root, `mktemp -d`). There the account's own directory is handed over
 * as an open file: on Linux, /proc/self/fd leads into it past the closed ones above.
 */
export async function reachDirectory(
  account: PostgresAccount | undefined,
  directory: string,
): Promise<ReachableDirectory> {
  if (account === undefined || process.platform !== 'linux' || (await canEnter(account, directory)))
    return { name: directory, inherited: undefined };
  return { name: `/proc/self/fd/${INHERITED_FD}`, inherited: await open(directory, 'r') };
}
