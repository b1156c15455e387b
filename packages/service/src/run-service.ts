import { z } from 'zod';
import { ConfigError, type Environment, integerSetting, loadConfig, portSetting } from './config.ts';
import { requireFreePorts } from './free-ports.ts';
import { startInternalServer } from './internal-server.ts';
import { createLogger, type Logger } from './logger.ts';
import { createProcessMetrics } from './metrics.ts';
import type { RunningService } from './running-service.ts';
import { Shutdown } from './shutdown.ts';
import { startTracing } from './tracing/start-tracing.ts';

/** Settings of every service that is a process of its own. */
export const processConfigSchema = z.object({
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'], 'it must be trace, debug, info, warn or error')
    .default('info')
    .describe('The least level that is logged.'),
  INTERNAL_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address that health and metrics are served on, for the operator’s network only.'),
  INTERNAL_PORT: portSetting(9464).describe('Port of health and metrics: `/healthz`, `/readyz`, `/metrics`.'),
  STOP_DELAY_MS: integerSetting(0, 0, 60_000).describe(
    'Between telling that it is not ready and stopping, so that a balancer can take notice.',
  ),
});

/** What a service is handed to start in. */
export interface ServiceStart {
  readonly environment: Environment;
  readonly logger: Logger;
  /** For what the service stands on; stopped after the service, last started first. */
  readonly shutdown: Shutdown;
}

/**
 * The process around a service: health and metrics from the first moment, stopping in order at SIGTERM, SIGINT and
 * SIGHUP, and a crash that is logged and ends the process with code 70, for whoever supervises it to start it again. A
 * wrong setting is one clear sentence on standard error and exit code 1.
 */
export async function runService(
  name: string,
  start: (given: ServiceStart) => Promise<RunningService>,
  environment: Environment = process.env,
): Promise<void> {
  try {
    await run(name, start, environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${name} cannot start. ${error.message}\n`);
    process.exit(1);
  }
}

async function run(
  name: string,
  start: (given: ServiceStart) => Promise<RunningService>,
  environment: Environment,
): Promise<void> {
  const config = loadConfig(processConfigSchema, environment);
  const logger = createLogger({ level: config.LOG_LEVEL }).child({ service: name });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'crashed');
    logger.flush();
    process.exit(70);
  });

  await requireFreePorts(config.INTERNAL_HOST, { INTERNAL_PORT: config.INTERNAL_PORT });
  const shutdown = new Shutdown(logger);
  const tracing = startTracing({ name, environment, logger });
  shutdown.add('tracing', () => tracing.stop());
  const services: RunningService[] = [];
  const internal = await startInternalServer({
    host: config.INTERNAL_HOST,
    port: config.INTERNAL_PORT,
    services: () => services,
    metrics: [createProcessMetrics()],
  });
  shutdown.add('internal server', () => internal.stop());
  stopOnSignals(shutdown, services, logger, config.STOP_DELAY_MS);
  logger.info({ internalPort: internal.port }, 'starting');

  try {
    const service = await start({ environment, logger, shutdown });
    shutdown.add(name, () => service.stop());
    services.push(service);
    logger.info('ready');
  } catch (error) {
    if (shutdown.started) return;
    await shutdown.run();
    throw error;
  }
}

function stopOnSignals(
  shutdown: Shutdown,
  services: readonly RunningService[],
  logger: Logger,
  stopDelayMs: number,
): void {
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (shutdown.started) return;
    logger.info({ signal }, 'stopping');
    for (const { health } of services) health.stopping();
    if (stopDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, stopDelayMs));
    await shutdown.run();
    logger.info('stopped');
    logger.flush();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, (name) => void stop(name));
}
