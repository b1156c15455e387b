import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { ensureCluster, ownerName } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { findFreePort } from './free-port.ts';
import { acquireOwnerLock } from './owner-lock.ts';
import { findPostgresAccount, type PostgresAccount } from './postgres-account.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { type PostgresServer, type ServerOptions, ServerStartError, startPostgresServer } from './postgres-server.ts';
import { findReachableBinaries, findReachableHome } from './reachable-directory.ts';
import { stopOrphan } from './stop-orphan.ts';

const databaseName = 'cfd_broker';
const ATTEMPTS = 20;

export interface EmbeddedPostgresOptions {
  /** The directory of this server alone; created when absent. Holds `cluster/`, `owner.lock` and `postgres.log`. */
  readonly dataDir: string;
  /** Told in a few words what is being done. */
  readonly onProgress?: (step: string) => void;
  /** A port of 127.0.0.1; a free one unless told. */
  readonly port?: number;
  /** Settings of postgresql.conf for tests that need no durability. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where root keeps what PostgreSQL's user cannot reach; `/var/lib/cfd-broker` unless told. */
  readonly systemDir?: string;
}

export interface EmbeddedPostgres {
  /** The database's owner, password included. */
  readonly ownerUrl: string;
  /** `fast` unless told; `immediate` is a crash, for tests. Safe to call twice. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

/**
 * Starts a real PostgreSQL server on a data directory that only this process uses, and starts it again should it end
 * by itself. Stops a server that an earlier owner, killed without warning, left behind.
 *
 * @throws EmbeddedPostgresError with one clear sentence.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const progress = options.onProgress ?? (() => undefined);
  const dataDir = path.resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const lock = acquireOwnerLock(dataDir);
  try {
    const account = await findPostgresAccount();
    const { home, binaries } = await findReachable(account, dataDir, options.systemDir ?? '/var/lib/cfd-broker');
    if (home !== dataDir) progress(`PostgreSQL's files are in ${home}: its user may not enter ${dataDir}`);
    const cluster = await ensureCluster({
      home,
      binaries,
      account,
      durable: options.settings?.fsync !== 'off',
      onInitialise: () => progress('initialising PostgreSQL'),
    });
    if (await stopOrphan(cluster.directory)) progress('stopped the PostgreSQL server of an earlier run');
    const launch = (port: number) =>
      startPostgresServer({
        binaries,
        account,
        directory: cluster.directory,
        port,
        logFile: path.join(dataDir, 'postgres.log'),
        settings: options.settings ?? {},
      } satisfies ServerOptions);
    const { server, port } = await launchPatiently(launch, options.port);
    // sslmode: the environment's PGSSLMODE is meant for another server.
    const url = (database: string) =>
      `postgres://${ownerName}:${encodeURIComponent(cluster.ownerPassword)}@127.0.0.1:${port}/${database}?sslmode=disable`;
    const supervised = supervise(server, () => launch(port), progress);
    try {
      await ensureDatabase(url('postgres'), databaseName);
    } catch (error) {
      await supervised.stop('fast');
      throw error;
    }
    return {
      ownerUrl: url(databaseName),
      stop: async (mode = 'fast') => {
        await supervised.stop(mode);
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function findReachable(account: PostgresAccount | undefined, dataDir: string, systemDir: string) {
  const binaries = findPostgresBinaries();
  if (account === undefined) return { home: dataDir, binaries };
  return {
    home: await findReachableHome(account, dataDir, systemDir),
    binaries: await findReachableBinaries(account, binaries, systemDir),
  };
}

/** Another program may take the port first, and processes of a killed server may need a moment to end. */
async function launchPatiently(
  launch: (port: number) => Promise<PostgresServer>,
  fixedPort: number | undefined,
): Promise<{ server: PostgresServer; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await findFreePort());
    try {
      return { server: await launch(port), port };
    } catch (error) {
      if (!(error instanceof ServerStartError)) throw error;
      const mayPass = /Address already in use|pre-existing shared memory block/.test(error.log);
      if (!mayPass || attempt === ATTEMPTS) {
        const reason = error.log.split('\n').findLast((line) => /FATAL|PANIC|error/i.test(line));
        throw new EmbeddedPostgresError(`PostgreSQL did not start: ${reason?.trim() ?? 'it wrote no reason'}`, {
          cause: error,
        });
      }
      await delay(250);
    }
  }
}

function supervise(
  first: PostgresServer,
  launch: () => Promise<PostgresServer>,
  progress: (step: string) => void,
): { stop(mode: 'fast' | 'immediate'): Promise<void> } {
  const stopping = new AbortController();
  let server: PostgresServer | undefined = first;
  const watching = (async () => {
    let waitMs = 50;
    while (!stopping.signal.aborted) {
      if (server === undefined) {
        try {
          server = await launch();
          waitMs = 50;
        } catch (error) {
          progress(`PostgreSQL did not start again: ${error instanceof Error ? error.message : String(error)}`);
          waitMs = Math.min(waitMs * 2, 5_000);
        }
      } else {
        await server.exited;
        server = undefined;
        if (!stopping.signal.aborted) progress('PostgreSQL ended unexpectedly and is being started again');
      }
      if (server === undefined) {
        await delay(waitMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  })();
  return {
    stop: async (mode) => {
      stopping.abort();
      await server?.stop(mode);
      await watching;
      // A start that was under way has become a server meanwhile.
      await server?.stop(mode);
    },
  };
}

async function ensureDatabase(ownerUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // the query in hand rejects with it
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
