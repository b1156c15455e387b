import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DatabaseHandle, leases, openDatabase } from '@repo/db';
import { type RunningServers, startServers } from '@repo/infra-native';
import { createLogger, loadConfig, Shutdown } from '@repo/service';
import { eq } from 'drizzle-orm';
import { processesConfigSchema } from '../config.ts';
import type { ManagedProcess } from '../managed-process.ts';
import { startProcesses } from '../start-processes.ts';
import { findServicePorts } from '../testing/service-ports.ts';
import { type ApiDoor, ORIGIN } from './api-door.ts';
import type { Journal } from './journal.ts';
import { type Link, startLinks } from './links.ts';

/** Between a process's end and its successor. */
const END_POLL_MS = 20;
const END_TIMEOUT_MS = 20_000;

export interface ClusterOptions {
  readonly journal: Journal;
  /** Whether a fault proxy stands on each way from a service to a server. */
  readonly withLinks: boolean;
  /** Beside those of every cluster. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onStep: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Servers of its own, and on them two api-servers, two db-processors, two trading-engines, a poller and its standby. */
export interface Cluster {
  readonly servers: RunningServers;
  readonly processes: readonly ManagedProcess[];
  readonly doors: readonly ApiDoor[];
  /** None without `withLinks`. */
  readonly links: readonly Link[];
  /** As the owner; not through a link. */
  readonly database: DatabaseHandle;
  process(name: string): ManagedProcess;
  /** The poller that holds the lease, once there is one. */
  activePoller(): Promise<ManagedProcess>;
  /** How often the lease was given. */
  leaseEpoch(): Promise<number>;
  /** Puts the logs of services and servers there. */
  copyLogs(directory: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * What the clients share or hurry: they all come from one address, and a takeover is not to take long. What is counted
 * per account stays as it is.
 */
const settings = {
  WEB_ORIGINS: ORIGIN,
  API_SERVERS: '2',
  DB_PROCESSORS: '2',
  POLLERS: '2',
  TRADING_ENGINES: '2',
  PRICE_SOURCE: 'simulated',
  POLLER_LEASE_MS: '2000',
  SIGNUPS_PER_10_MINUTES: '1000000',
  SIGNINS_PER_10_SECONDS: '1000000',
  CODE_TRIES_PER_10_SECONDS: '1000000',
  REFRESHES_PER_10_SECONDS: '1000000',
  // More than there are clients: on a slow machine the gate would refuse some of them, with no fault to blame.
  AUTH_CONCURRENCY_MAX: '32',
  HASH_QUEUE: '64',
};

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const shutdown = new Shutdown(createLogger({ level: 'error' }));
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(options: ClusterOptions, shutdown: Shutdown): Promise<Cluster> {
  const { journal, withLinks, onStep, signal } = options;
  const stateDir = await mkdtemp(join(tmpdir(), 'cfd-broker-faults-'));
  await chmod(stateDir, 0o711); // PostgreSQL's user passes through
  shutdown.add('directory', () => rm(stateDir, { recursive: true, force: true, maxRetries: 5 }));
  onStep('servers');
  const servers = await startServers({ stateDir: join(stateDir, 'servers'), ports: 'free', signal });
  shutdown.add('servers', () => servers.stop());
  const links = withLinks ? await startLinks(servers.environment) : undefined;
  shutdown.add('links', async () => links?.close());
  const database = openDatabase(servers.postgres.address);
  shutdown.add('database', () => database.close());

  onStep('services');
  const ports = await findServicePorts();
  const environment = {
    PATH: process.env.PATH,
    ...servers.environment,
    ...settings,
    ...options.settings,
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    STATE_DIR: stateDir,
  };
  const running = await startProcesses({
    config: loadConfig(processesConfigSchema, environment),
    environment,
    logger: createLogger({ level: 'silent' }),
    ...(links && { settingsOf: links.settingsOf }),
    withWeb: false,
    onStep: () => {},
    onCrash: (sentence) => journal.processEnded(sentence.split(' ')[0] ?? '', sentence),
    signal,
  });
  shutdown.add('services', () => running.stop());

  const { processes } = running;
  const process_ = (name: string) => {
    const found = processes.find((one) => one.name === name);
    if (found === undefined) throw new RangeError(`there is no process ${name}`);
    return found;
  };
  const lease = async () => (await database.db.select().from(leases).where(eq(leases.name, 'poller')))[0];
  return {
    servers,
    processes,
    doors: [0, 1].map((index) => ({
      name: `api-server-${index + 1}`,
      url: `http://127.0.0.1:${ports.HTTP_PORT + index * 10}`,
      webSocketUrl: `ws://127.0.0.1:${ports.WS_PORT + index * 10}/`,
    })),
    links: links?.all ?? [],
    database,
    process: process_,
    activePoller: async () => {
      for (const deadline = performance.now() + END_TIMEOUT_MS; performance.now() < deadline; ) {
        const row = await lease();
        // The holder's name is host, process and a random part; the lease of one that was killed is nobody's.
        const held = row !== undefined && row.expiresAt.getTime() > Date.now();
        const active = processes.find(({ pid }) => held && row.holder.includes(`-${pid}-`));
        if (active !== undefined) return active;
        await delay(END_POLL_MS);
      }
      throw new Error(`no poller is active after ${END_TIMEOUT_MS} ms`);
    },
    leaseEpoch: async () => (await lease())?.epoch ?? 0,
    copyLogs: async (directory) => {
      await rm(directory, { recursive: true, force: true });
      await cp(join(stateDir, 'logs'), directory, { recursive: true });
      await cp(join(stateDir, 'servers/logs'), join(directory, 'servers'), { recursive: true });
    },
    stop: () => shutdown.run(),
  };
}

/** Sends a signal that ends a process and waits until it is gone. */
export async function endProcess(target: ManagedProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const { pid } = target;
  target.signal(signal);
  for (const deadline = performance.now() + END_TIMEOUT_MS; isAlive(pid); ) {
    if (performance.now() > deadline)
      throw new Error(`${target.name} is still there ${END_TIMEOUT_MS} ms after ${signal}`);
    await delay(END_POLL_MS);
  }
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
