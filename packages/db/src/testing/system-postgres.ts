import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findFreePort } from '../embedded/free-port.ts';
import { findPostgresAccount, type PostgresAccount } from '../embedded/postgres-account.ts';
import { startPostgresServer } from '../embedded/postgres-server.ts';
import { readPostmasterPid } from '../embedded/postmaster-pid.ts';
import { runAsAccount } from '../embedded/run-as-account.ts';
import { createTemporaryDirectory } from '../embedded/testing/temporary-directory.ts';

/** Where the system's packages put each version. */
const PARENT = '/usr/lib/postgresql';
const PASSWORD = 'password-of-the-superuser-in-tests';

/** A server of the system's PostgreSQL, to be crashed and frozen. */
export interface SystemPostgres {
  /** Of the superuser, in the database `postgres`. */
  readonly ownerUrl: string;
  /** Of the server's user alone; what the server reads must be there. */
  readonly directory: string;
  readonly account: PostgresAccount | undefined;
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP to all of its processes: it takes connections, as its kernel does for it, and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the newest PostgreSQL that the system's packages installed, on a free port, with an empty cluster. */
export async function startSystemPostgres(): Promise<SystemPostgres> {
  const newest = Math.max(...(await readdir(PARENT)).map(Number).filter(Number.isInteger));
  const binaries = path.join(PARENT, String(newest));
  const account = await findPostgresAccount();
  const { directory: parent, remove } = await createTemporaryDirectory();
  const directory = path.join(parent, 'server');
  await mkdir(directory, { mode: 0o700 });
  if (account !== undefined) await chown(directory, account.uid, account.gid);
  await initialise(binaries, directory, account);

  const port = await findFreePort();
  const data = path.join(directory, 'data');
  const launch = () =>
    startPostgresServer({
      binaries,
      account,
      directory: data,
      port,
      logFile: path.join(parent, 'postgres.log'),
      settings: { fsync: 'off' },
    });
  let server = await launch();
  const signal = async (name: 'SIGSTOP' | 'SIGCONT') => {
    const pid = (await readPostmasterPid(data))?.pid;
    if (pid === undefined) throw new Error('the server is not running');
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    for (const one of [pid, ...children.trim().split(' ').map(Number)]) process.kill(one, name);
  };
  return {
    ownerUrl: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
    directory,
    account,
    stop: (mode) => server.stop(mode),
    start: async () => {
      server = await launch();
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    close: async () => {
      await server.stop('immediate');
      await remove();
    },
  };
}

async function initialise(binaries: string, directory: string, account: PostgresAccount | undefined): Promise<void> {
  const passwordFile = path.join(directory, 'password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o644 });
  const { child, ended } = await runAsAccount({
    program: path.join(binaries, 'bin', 'initdb'),
    argumentsFor: (name) => [
      `--pgdata=${path.join(name, 'data')}`,
      '--username=postgres',
      `--pwfile=${path.join(name, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      '--no-sync',
    ],
    directory,
    account,
    output: 'pipe',
  });
  for (const stream of [child.stdout, child.stderr]) stream?.resume();
  const failure = await ended;
  if (failure !== undefined) throw new Error(`initdb: ${failure}`);
}
