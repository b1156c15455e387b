import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EmbeddedPostgresError } from '@repo/db';
import { ConfigError, createLogger, type Logger, loadConfig, Progress } from '@repo/service';
import pinoRoll from 'pino-roll';
import { type StandaloneConfig, standaloneConfigSchema } from './config.ts';
import { restartAfterCrash } from './restart-after-crash.ts';
import { type RunningStandalone, startStandalone } from './start-standalone.ts';

// Paths in settings mean the same whichever folder a script was started from.
process.chdir(join(import.meta.dirname, '../../..'));

const progress = new Progress(process.stdout);

async function main(): Promise<void> {
  progress.line(`\n${progress.bold('CFD-Broker')}, standalone: every service in one process\n`);
  const config = loadConfig(standaloneConfigSchema, process.env);
  const dataDir = resolve(config.DATA_DIR);
  const logger = await openLog(dataDir, config.LOG_LEVEL);
  restartAfterCrash({ crashes: config.CFD_CRASHES, logger, tell: (line) => progress.line(line) });

  const abort = new AbortController();
  const starting = startStandalone({
    config,
    environment: process.env,
    dataDir,
    logger,
    onStep: progress.step,
    signal: abort.signal,
  });
  stopOnSignals(starting, abort, logger);

  let running: RunningStandalone;
  try {
    running = await starting;
  } catch (error) {
    if (abort.signal.aborted) return;
    throw error;
  }
  if (!abort.signal.aborted) sayReady(config, running, dataDir);
}

function sayReady(config: StandaloneConfig, { services }: RunningStandalone, dataDir: string): void {
  progress.stop();
  progress.line('');
  progress.line(progress.bold(`CFD-Broker is ready: http://localhost:${config.WEB_PORT}`));
  progress.line(`  API documentation    http://localhost:${services.httpPort}/docs`);
  progress.line(`  Development mailbox  http://localhost:${config.WEB_PORT}/mailbox`);
  progress.line(`  Health and metrics   http://localhost:${config.METRICS_PORT}/readyz and /metrics`);
  progress.line(`  Prices               ${describeSource(services.priceSource)}`);
  progress.line(`  Data and logs        ${dataDir}`);
  progress.line('Stop with Ctrl-C.\n');
}

function describeSource(source: string): string {
  if (source === 'simulated') return 'simulated, no market (PRICE_SOURCE=backpack or binance for a live one)';
  if (source === 'replay') return 'a replay of recorded quotes';
  return `live from ${source}`;
}

async function openLog(dataDir: string, level: StandaloneConfig['LOG_LEVEL']): Promise<Logger> {
  const directory = join(dataDir, 'logs');
  try {
    await mkdir(directory, { recursive: true });
    const file = join(directory, 'cfd-broker');
    const destination = await pinoRoll({ file, extension: '.log', size: '20m', limit: { count: 4 } });
    return createLogger({ level, destination, terminal: { level: 'error', stream: process.stderr } });
  } catch (error) {
    throw new ConfigError(`DATA_DIR is "${dataDir}": it cannot be written to (${(error as Error).message}).`);
  }
}

/** The first signal stops everything in order, also when the start is still under way. */
function stopOnSignals(starting: Promise<RunningStandalone>, abort: AbortController, logger: Logger): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (abort.signal.aborted) return;
    abort.abort();
    progress.stop();
    progress.line('\nStopping …');
    logger.info({ signal }, 'stopping');
    const running = await starting.catch(() => undefined);
    await running?.stop();
    progress.line('Stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, (name) => void stop(name));
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) {
    progress.fail(error.message);
    process.exit(1);
  }
  throw error;
});
