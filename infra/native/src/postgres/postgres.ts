import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { OnStep } from '../on-step.ts';
import { HOST } from '../ports.ts';
import type { ServerProgram } from '../process/server-program.ts';
import type { StateDirectory } from '../state.ts';
import { ensurePostgres, type PostgresBinaries } from './find-binaries.ts';
import { initialiseCluster, OWNER } from './initialise-cluster.ts';
import { findPostgresAccount } from './postgres-account.ts';
import { reachDirectory } from './reach-directory.ts';

/** The URL of the cluster's owner. Only once the cluster has been made. */
export function postgresUrl(state: StateDirectory, port: number): string {
  const password = readFileSync(path.join(state.data('postgres'), 'owner-password'), 'utf8').trim();
  // sslmode: the environment's PGSSLMODE is meant for another server.
  return `postgres://${OWNER}:${encodeURIComponent(password)}@${HOST}:${port}/postgres?sslmode=disable`;
}

/** The major version that the data were made by, or `undefined` where there are none. */
async function dataVersion(state: StateDirectory): Promise<number | undefined> {
  const file = path.join(state.data('postgres'), 'complete');
  return existsSync(file) ? Number(await readFile(file, 'utf8')) : undefined;
}

export function postgres(options: {
  readonly port: number;
  readonly state: StateDirectory;
  readonly onStep: OnStep;
}): ServerProgram {
  const { port, state, onStep } = options;
  let binaries: PostgresBinaries;
  const directory = state.data('postgres');
  const dataDir = path.join(directory, 'data');
  const postmasterFile = path.join(dataDir, 'postmaster.pid');
  const settings = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    // For several api-servers and db-processors with a pool each, and the tools beside them.
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
  };
  return {
    title: 'PostgreSQL',
    logFile: state.log('postgres'),
    pidFile: state.pid('postgres'),
    ports: [{ setting: 'POSTGRES_PORT', port }],
    prepare: async () => {
      const madeBy = await dataVersion(state);
      binaries = await ensurePostgres(madeBy, onStep);
      if (madeBy === undefined) await initialiseCluster({ directory, binaries, account: await findPostgresAccount() });
      // No server runs here; the process id in what a killed one left may be somebody else's by now.
      await rm(postmasterFile, { force: true });
    },
    command: async () => {
      const account = await findPostgresAccount();
      const { name, inherited } = await reachDirectory(account, dataDir);
      const args = ['-D', name, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
      return { program: path.join(binaries.folder, 'postgres'), args, cwd: '/', account, inherited };
    },
    isReady: async ({ pid }) => {
      // Line 1 is the process, line 8 its state: src/include/utils/pidfile.h of PostgreSQL.
      const lines = (await readFile(postmasterFile, 'utf8').catch(() => '')).split('\n');
      return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
    },
    mayPass: (log) => /pre-existing shared memory block/.test(log),
    // Fast: ends sessions and writes everything out.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
  };
}
