import path from 'node:path';
import { InfraError } from '../infra-error.ts';
import { runTool } from '../process/run-tool.ts';

const NAME = 'postgres';

export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root: there it runs as the system's user `postgres`, who is created when absent.
 *
 * @returns `undefined` when this process is not root.
 */
export async function findPostgresAccount(): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp();
  if (existing !== undefined) return existing;
  await runTool('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  const created = await lookUp();
  if (created !== undefined) return created;
  throw new InfraError(`PostgreSQL refuses to run as root and the user "${NAME}" could not be created.`);
}

async function lookUp(): Promise<PostgresAccount | undefined> {
  const [uid, gid] = await Promise.all([runTool('id', ['-u', NAME]), runTool('id', ['-g', NAME])]);
  return uid.ok && gid.ok ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined;
}

/** Whether the account can enter a directory: each one above it must let the account pass. */
export async function canEnter(account: PostgresAccount, directory: string): Promise<boolean> {
  const shell = ['-c', 'cd -- "$1"', 'sh', path.resolve(directory)];
  return (await runTool('/bin/sh', shell, { ...account, cwd: '/' })).ok;
}
