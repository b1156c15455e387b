import { join } from 'node:path';
import { createTestRoot, startServers } from '@repo/infra-native';
import { processesConfigSchema, startProcesses } from '@repo/processes';
import { createLogger, findFreePort, loadConfig, type Shutdown } from '@repo/service';
import { type BenchStack, codeIn, unlimited } from './bench-stack.ts';

export interface DistributedOptions {
  /** Addresses of the servers, and the settings of this run. */
  readonly environment: Readonly<Record<string, string>>;
  readonly apiServers: number;
  readonly directory: string;
  /** Told of a process that ended unasked: no figure is worth anything then. */
  readonly onCrash: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export interface DistributedStack extends BenchStack {
  stop(): Promise<void>;
}

/** Kafka, Redis, PostgreSQL and a mail sink for the run. @returns their addresses and a directory that goes with them. */
export async function startRealServers(shutdown: Shutdown, signal: AbortSignal) {
  const root = await createTestRoot();
  shutdown.add('directory', async () => void (await root.remove()));
  const servers = await startServers({ stateDir: join(root.directory, 'servers'), ports: 'free', signal });
  shutdown.add('servers', () => servers.stop());
  return { directory: root.directory, environment: { ...servers.environment } };
}

/** Each service a process of its own: one db-processor, trading engine and poller, and as many api-servers as are asked for. */
export async function startDistributed(options: DistributedOptions): Promise<DistributedStack> {
  const [http, ws, internal] = await Promise.all([findFreePort(), findFreePort(), findFreePort()]);
  const environment = {
    ...process.env,
    ...unlimited,
    ...options.environment,
    HTTP_PORT: String(http),
    WS_PORT: String(ws),
    INTERNAL_PORT: String(internal),
    STATE_DIR: join(options.directory, 'processes'),
    API_SERVERS: String(options.apiServers),
    DB_PROCESSORS: '1',
    TRADING_ENGINES: '1',
    POLLERS: '1',
    LOG_LEVEL: 'error',
  };
  const config = loadConfig(processesConfigSchema, environment);
  const running = await startProcesses({
    config,
    environment,
    logger: createLogger({ level: 'silent' }),
    withWeb: false,
    onStep: () => {},
    onCrash: options.onCrash,
    signal: options.signal,
  });
  return {
    httpUrl: `http://127.0.0.1:${http}`,
    wsPorts: Array.from({ length: options.apiServers }, (_, index) => ws + 10 * index),
    codeFor: async (email) => {
      const mails = await (await fetch(`${config.MAIL_PAGE_URL}/mails`)).json();
      return codeIn(mails as { to: string; text: string }[], email);
    },
    cpuMs: async () => {
      const each = running.processes.map(async ({ name, readyUrl }) => [name, await cpuMsOf(readyUrl)] as const);
      return Object.fromEntries(await Promise.all(each));
    },
    stop: () => running.stop(),
  };
}

/** As the process itself tells it, beside its readiness. */
async function cpuMsOf(readyUrl: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', readyUrl))).text();
  const seconds = /^process_cpu_seconds_total (\S+)/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error(`${readyUrl} tells no CPU time`);
  return Number(seconds) * 1_000;
}
