import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { migrateDatabase } from '@repo/db';
import { type Environment, type Logger, loadSecrets, requireFreePorts, Shutdown } from '@repo/service';
import { buildWeb } from '@repo/standalone/build-web';
import type { ProcessesConfig } from './config.ts';
import { ManagedProcess } from './managed-process.ts';
import { type PlannedProcess, planProcesses, planWeb } from './plan-processes.ts';

const root = resolve(import.meta.dirname, '../../..');

export interface StartProcessesOptions {
  readonly config: ProcessesConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  /** Settings of one process that differ from what all are told, e.g. its own way to a server. */
  readonly settingsOf?: (process: PlannedProcess) => Environment;
  /** Without it the web app is not started. */
  readonly withWeb: boolean;
  /** Told of each step when it begins (no detail) and when it is done. */
  readonly onStep: (name: string, detail?: string) => void;
  readonly onCrash: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export interface RunningProcesses {
  readonly processes: readonly ManagedProcess[];
  /** The web app first, then the services, each with the time to finish what it has in hand. */
  stop(): Promise<void>;
}

/**
 * Migrates the database and starts every service as a process of its own; resolves when all are ready. When one does
 * not become ready all are stopped again.
 */
export async function startProcesses(options: StartProcessesOptions): Promise<RunningProcesses> {
  const { config, environment, logger, onStep, signal } = options;
  const stateDir = resolve(root, config.STATE_DIR);
  const logs = join(stateDir, 'logs');
  await mkdir(logs, { recursive: true });
  const secrets = await loadSecrets(stateDir, environment);
  const planned = planProcesses(config, secrets, environment);
  await requireFreePorts('127.0.0.1', portsOf(config, planned, options.withWeb));

  onStep('Database');
  await migrateDatabase(config.DATABASE_URL, {
    db_processor: secrets.DB_PROCESSOR_PASSWORD,
    api_server: secrets.API_SERVER_PASSWORD,
    poller: secrets.POLLER_PASSWORD,
    trading_engine: secrets.TRADING_ENGINE_PASSWORD,
  });
  onStep('Database', 'migrated');

  const shutdown = new Shutdown(logger);
  const processes: ManagedProcess[] = [];
  // Without us nobody would start or stop them any more.
  const killAll = () => {
    for (const one of processes) one.signal('SIGKILL');
  };
  process.once('exit', killAll);
  shutdown.add('kill at exit', async () => {
    process.off('exit', killAll);
  });
  const start = (plan: PlannedProcess) => {
    onStep(plan.name);
    const managed = new ManagedProcess({
      name: plan.name,
      command: [process.execPath, join(root, plan.program)],
      environment: { ...plan.environment, ...options.settingsOf?.(plan) },
      cwd: root,
      logFile: join(logs, `${plan.name}.log`),
      readyUrl: plan.readyUrl,
      onCrash: options.onCrash,
    });
    processes.push(managed);
    shutdown.add(plan.name, () => managed.stop());
    return managed.ready().then(() => onStep(plan.name, `ready, ${new URL(plan.readyUrl).host}`));
  };
  try {
    const services = Promise.all(planned.map(start));
    const built = options.withWeb ? build(options) : undefined;
    await Promise.all([services, built]);
    signal.throwIfAborted();
    if (options.withWeb) await start(planWeb(config, environment));
    signal.throwIfAborted();
  } catch (error) {
    await shutdown.run();
    throw error;
  }
  return { processes, stop: () => shutdown.run() };
}

async function build({ logger, onStep, signal }: StartProcessesOptions): Promise<void> {
  onStep('Web app, build');
  await buildWeb(logger, signal);
  onStep('Web app, build', 'up to date');
}

function portsOf(config: ProcessesConfig, planned: readonly PlannedProcess[], withWeb: boolean) {
  const ports: Record<string, number> = withWeb ? { WEB_PORT: config.WEB_PORT } : {};
  for (const { name, environment } of planned) {
    for (const setting of ['INTERNAL_PORT', 'HTTP_PORT', 'WS_PORT']) {
      if (setting !== 'INTERNAL_PORT' && !name.startsWith('api-server')) continue;
      ports[`${setting} of ${name}`] = Number(environment[setting]);
    }
  }
  return ports;
}
