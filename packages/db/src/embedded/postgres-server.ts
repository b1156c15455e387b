import { open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { readPostmasterPid } from './postmaster-pid.ts';
import { runAsAccount } from './run-as-account.ts';

const LOG_SIZE_MAX = 10 * 1024 * 1024;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 8_000;

export interface ServerOptions {
  readonly binaries: string;
  readonly account: PostgresAccount | undefined;
  /** PostgreSQL's data directory. */
  readonly directory: string;
  readonly port: number;
  /** Where the server writes its log. */
  readonly logFile: string;
  /** Settings beside those below, e.g. `fsync`. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** `fast` ends sessions and writes everything out; `immediate` is a crash: the next start recovers from the log. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
}

/** The server ended before it was ready; `log` is what it wrote meanwhile and, last, how it ended. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly log: string;

  constructor(log: string) {
    super('PostgreSQL ended before it was ready');
    this.log = log;
  }
}

/** Starts a server on 127.0.0.1 and waits until it accepts connections. */
export async function startPostgresServer(options: ServerOptions): Promise<PostgresServer> {
  await rotateLog(options.logFile);
  const log = await open(options.logFile, 'a', 0o600);
  const logStart = (await log.stat()).size;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
    fsync: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...options.settings,
  };
  const { child, ended } = await runAsAccount({
    program: path.join(options.binaries, 'bin', 'postgres'),
    argumentsFor: (directory) => [
      '-D',
      directory,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    directory: options.directory,
    account: options.account,
    output: log.fd,
  });
  const exited = ended.then(() => undefined);
  await log.close();
  // The server alone keeps no program from ending; it ends with the program, unless that one is killed.
  child.unref();

  let over = false;
  const stopAtExit = () => child.kill('SIGINT');
  process.once('exit', stopAtExit);
  void exited.then(() => {
    over = true;
    process.off('exit', stopAtExit);
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await isReady(options.directory, child.pid))) {
    if (over || child.pid === undefined) {
      const text = await readFile(options.logFile);
      throw new ServerStartError(`${text.subarray(logStart).toString('utf8')}${(await ended) ?? ''}`);
    }
    if (performance.now() > deadline) {
      child.kill('SIGQUIT');
      throw new EmbeddedPostgresError(
        `PostgreSQL was not ready after ${START_TIMEOUT_MS / 1000} s: see ${options.logFile}.`,
      );
    }
    await Promise.race([exited, delay(10)]);
  }
  return {
    exited,
    stop: async (mode) => {
      child.ref(); // or the program would end before the server has
      if (mode === 'fast') {
        child.kill('SIGINT');
        await Promise.race([exited, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      }
      if (!over) child.kill('SIGQUIT');
      await exited;
    },
  };
}

async function isReady(directory: string, pid: number | undefined): Promise<boolean> {
  const status = await readPostmasterPid(directory);
  return status?.ready === true && status.pid === pid;
}

async function rotateLog(file: string): Promise<void> {
  try {
    if ((await stat(file)).size > LOG_SIZE_MAX) await rename(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
