import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { EmbeddedPostgresError } from '@repo/db';
import {
  ConfigError,
  createLogger,
  createProcessMetrics,
  type Environment,
  type Logger,
  loadConfig,
  Shutdown,
  startInternalServer,
} from '@repo/service';
import pinoRoll from 'pino-roll';
import { standaloneConfigSchema } from './config.ts';
import { requireFreePorts } from './free-ports.ts';
import { Progress } from './progress.ts';
import { restartAfterCrash } from './restart-after-crash.ts';
import { startServices } from './start-services.ts';
import { buildWeb, startWeb } from './web-process.ts';

const progress = new Progress(process.stdout);

async function main(): Promise<void> {
  progress.line(progress.bold('\nCFD-Broker') + ', standalone: every service in one process\n');
  const config = loadConfig(standaloneConfigSchema, process.env);
  const dataDir = resolve(config.DATA_DIR);
  const logger = await openLog(dataDir, config.LOG_LEVEL);
  const shutdown = new Shutdown(logger);
  stopOnSignals(shutdown, logger);
  restartAfterCrash({ crashes: config.CFD_CRASHES, logger, tell: (line) => progress.line(line) });

  try {
    const { HOST: host, WEB_PORT, HTTP_PORT, WS_PORT, METRICS_PORT } = config;
    await requireFreePorts(host, { ...(config.START_WEB ? { WEB_PORT } : {}), HTTP_PORT, WS_PORT, METRICS_PORT });

    const settings: Environment = {
      WEB_ORIGINS: `http://localhost:${WEB_PORT},http://127.0.0.1:${WEB_PORT}`,
      ...process.env,
    };
    if (config.START_WEB) progress.step('Web app');
    const [services] = await Promise.all([
      startServices({ environment: settings, dataDir, logger, onStep: progress.step }).then((started) => {
        shutdown.add('services', () => started.stop());
        return started;
      }),
      config.START_WEB ? buildWeb(logger) : undefined,
    ]);
    if (shutdown.started) return;

    const internal = await startInternalServer({
      host: '127.0.0.1',
      port: METRICS_PORT,
      services: services.services,
      metrics: [createProcessMetrics()],
    });
    shutdown.add('metrics', () => internal.stop());

    if (config.START_WEB) {
      const web = await startWeb({
        host,
        port: WEB_PORT,
        httpPort: services.httpPort,
        wsPort: services.wsPort,
        logger: logger.child({ service: 'web' }),
      });
      shutdown.add('web', () => web.stop());
      web.onExit((code) => {
        throw new Error(`the web app ended with code ${code}`);
      });
      progress.step('Web app', `http://localhost:${WEB_PORT}`);
    }
    progress.stop();

    progress.line('');
    progress.line(progress.bold(`CFD-Broker is ready: http://localhost:${WEB_PORT}`));
    progress.line(`  API documentation    http://localhost:${services.httpPort}/docs`);
    progress.line(`  Development mailbox  http://localhost:${WEB_PORT}/mailbox`);
    progress.line(`  Metrics and health   http://localhost:${METRICS_PORT}/metrics, /readyz`);
    progress.line(`  Prices               ${describeSource(services.priceSource)}`);
    progress.line(`  Data and logs        ${dataDir}`);
    progress.line('Stop with Ctrl-C.\n');
  } catch (error) {
    // Ctrl-C during the start makes steps fail; that is no news.
    if (shutdown.started) return;
    await shutdown.run();
    throw error;
  }
}

function describeSource(source: string): string {
  if (source === 'simulated') return 'simulated (no market): PRICE_SOURCE=backpack or binance for a live one';
  if (source === 'replay') return 'a replay of recorded quotes';
  return `live from ${source}`;
}

async function openLog(dataDir: string, level: 'trace' | 'debug' | 'info' | 'warn' | 'error'): Promise<Logger> {
  const directory = join(dataDir, 'logs');
  try {
    await mkdir(directory, { recursive: true });
    const file = await pinoRoll({
      file: join(directory, 'cfd-broker'),
      extension: '.log',
      size: '20m',
      limit: { count: 4 },
    });
    return createLogger({ level, destination: file, terminal: { level: 'error', stream: process.stderr } });
  } catch (error) {
    throw new ConfigError(`DATA_DIR is "${dataDir}": it cannot be written to (${(error as Error).message}).`);
  }
}

function stopOnSignals(shutdown: Shutdown, logger: Logger): void {
  const stop = (signal: NodeJS.Signals) => {
    if (shutdown.started) {
      if (signal === 'SIGINT' && isatty(0)) progress.line('Still stopping; everything is being put away.');
      return;
    }
    progress.stop();
    progress.line('\nStopping …');
    logger.info({ signal }, 'stopping');
    void shutdown.run().then(() => {
      progress.line('Stopped.');
      process.exit(0);
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) {
    progress.fail(error.message);
    process.exit(1);
  }
  throw error;
});
