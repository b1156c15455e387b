import {
  createProcessMetrics,
  type Environment,
  type Logger,
  requireFreePorts,
  Shutdown,
  startInternalServer,
  startTracing,
} from '@repo/service';
import { buildWeb } from './build-web.ts';
import type { StandaloneConfig } from './config.ts';
import { type RunningServices, startServices } from './start-services.ts';
import { startWeb } from './web-process.ts';

export interface StandaloneOptions {
  readonly config: StandaloneConfig;
  readonly environment: Environment;
  readonly dataDir: string;
  readonly logger: Logger;
  readonly onStep: (name: string, detail?: string) => void;
  /** Gives up the start: what runs already is stopped and the start rejects. */
  readonly signal: AbortSignal;
}

export interface RunningStandalone {
  readonly services: RunningServices;
  stop(): Promise<void>;
}

/** Starts everything, the web app included. When a part fails, or the signal aborts, the parts that run are stopped. */
export async function startStandalone(options: StandaloneOptions): Promise<RunningStandalone> {
  const { config, logger, onStep } = options;
  const { HOST: host, START_WEB, WEB_PORT, HTTP_PORT, WS_PORT, METRICS_PORT } = config;
  await requireFreePorts(host, { ...(START_WEB ? { WEB_PORT } : {}), HTTP_PORT, WS_PORT, METRICS_PORT });

  const tracing = startTracing({ name: 'standalone', environment: options.environment, logger });
  const shutdown = new Shutdown(logger);
  shutdown.add('tracing', () => tracing.stop());
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  try {
    if (START_WEB) onStep('Web app');
    const services = startServices({ ...options, environment: withWebOrigins(options), signal }).then((started) => {
      shutdown.add('services', () => started.stop());
      return started;
    });
    const built = START_WEB ? buildWeb(logger, signal) : Promise.resolve();
    // The first failure ends the other's work too, and both are waited for, so that nothing is left running.
    const parts = [services, built] as const;
    for (const part of parts) part.catch(() => failed.abort());
    const outcomes = await Promise.allSettled(parts);
    const cause = outcomes.find((outcome) => outcome.status === 'rejected' && !isAbort(outcome.reason));
    if (cause?.status === 'rejected') throw cause.reason;
    signal.throwIfAborted();

    const running = await services;
    const internal = await startInternalServer({
      host: '127.0.0.1',
      port: METRICS_PORT,
      services: () => running.services,
      metrics: [createProcessMetrics()],
    });
    shutdown.add('metrics', () => internal.stop());
    if (START_WEB) {
      const { httpPort, wsPort } = running;
      const web = await startWeb({ host, port: WEB_PORT, httpPort, wsPort, logger: logger.child({ service: 'web' }) });
      shutdown.add('web', () => web.stop());
      web.onExit((code) => {
        throw new Error(`the web app ended with code ${code}`);
      });
      onStep('Web app', `http://localhost:${WEB_PORT}`);
    }
    signal.throwIfAborted();
    return { services: running, stop: () => shutdown.run() };
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

function withWebOrigins({ config, environment }: StandaloneOptions): Environment {
  const origins = `http://localhost:${config.WEB_PORT},http://127.0.0.1:${config.WEB_PORT}`;
  return { ...environment, WEB_ORIGINS: environment.WEB_ORIGINS || origins };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
