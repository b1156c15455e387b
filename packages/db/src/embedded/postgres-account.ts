import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

const run = promisify(execFile);
const NAME = 'postgres';

/** The user that the server runs as. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root: there it runs as the system's user `postgres`, who is created when absent.
 *
 * @returns `undefined` when this process is not root and the server runs as the same user.
 */
export async function findPostgresAccount(): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp();
  if (existing !== undefined) return existing;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root and the user "${NAME}" could not be created: start as another user.`,
      { cause: error },
    );
  }
  return await lookUp();
}

async function lookUp(): Promise<PostgresAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined; // `id` fails for a user that does not exist
  }
}

/** Whether the account can enter a directory: each one above it must let the account pass. */
export async function canEnter(account: PostgresAccount, directory: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', path.resolve(directory)], { ...account, cwd: '/' });
    return true;
  } catch {
    return false; // the shell's `cd` failed
  }
}

/** Whether the account can run a program of PostgreSQL. */
export async function canRun(account: PostgresAccount, program: string): Promise<boolean> {
  try {
    await run(program, ['--version'], { ...account, cwd: '/' });
    return true;
  } catch {
    return false; // closed to the account, absent, or without its libraries
  }
}

/** Lets every user read a folder and run what can be run in it. */
export async function openToAll(directory: string): Promise<void> {
  await run('chmod', ['-R', 'a+rX', directory]);
}
