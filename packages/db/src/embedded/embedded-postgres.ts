import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { ensureCluster, ownerName } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { launchServer } from './launch-server.ts';
import { acquireOwnerLock, type OwnerLock } from './owner-lock.ts';
import { findPostgresAccount } from './postgres-account.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { startPostgresServer } from './postgres-server.ts';
import { findReachableBinaries } from './reachable-binaries.ts';
import { stopOrphan } from './stop-orphan.ts';
import { superviseServer } from './supervise-server.ts';

const databaseName = 'cfd_broker';

export interface EmbeddedPostgresOptions {
  /** The directory of this server alone; created when absent. Holds `cluster/`, `owner.lock` and `postgres.log`. */
  readonly dataDir: string;
  /** Told in a few words what is being done. */
  readonly onProgress?: (step: string) => void;
  /** A port of 127.0.0.1; a free one unless told. */
  readonly port?: number;
  /** Settings of postgresql.conf for tests that need no durability. */
  readonly settings?: Readonly<Record<string, string>>;
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
  const lock = await claimDirectory(dataDir);
  try {
    const account = await findPostgresAccount();
    const installed = findPostgresBinaries();
    const binaries =
      account === undefined ? installed : await findReachableBinaries(account, installed, '/var/lib/cfd-broker');
    const cluster = await ensureCluster({
      dataDir,
      binaries,
      account,
      durable: options.settings?.fsync !== 'off',
      onInitialise: () => progress('initialising PostgreSQL'),
    });
    if (await stopOrphan(cluster.directory)) progress('stopped the PostgreSQL server of an earlier run');
    const start = (port: number) =>
      startPostgresServer({
        binaries,
        account,
        directory: cluster.directory,
        port,
        logFile: path.join(dataDir, 'postgres.log'),
        settings: options.settings ?? {},
      });
    const { server, port } = await launchServer(start, options.port);
    // sslmode: the environment's PGSSLMODE is meant for another server.
    const url = (database: string) =>
      `postgres://${ownerName}:${encodeURIComponent(cluster.ownerPassword)}@127.0.0.1:${port}/${database}?sslmode=disable`;
    const supervised = superviseServer({ server, restart: () => start(port), onProgress: progress });
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

async function claimDirectory(dataDir: string): Promise<OwnerLock> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    return acquireOwnerLock(dataDir);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(`The data directory ${dataDir} cannot be used: ${reason}.`, { cause: error });
  }
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
