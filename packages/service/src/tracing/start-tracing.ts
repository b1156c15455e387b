import { hostname } from 'node:os';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
} from '@opentelemetry/semantic-conventions';
import { type Environment, loadConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import { createOtlpExporter } from './otlp-exporter.ts';
import { requestIdPropagator } from './request-id.ts';
import { tracingConfigSchema } from './tracing-config.ts';

/** How long the last spans may take at a stop. */
const FLUSH_MS_MAX = 3_000;

export interface Tracing {
  /** Sends the last spans, for three seconds at most. */
  readonly stop: () => Promise<void>;
}

/**
 * From here on this process knows which request it works on: in its log lines, and in what it sends to others. With a
 * collector in the settings its spans are sent there. Once in a process.
 *
 * @param name of the service, in the traces.
 * @throws ConfigError
 */
export function startTracing(options: {
  readonly name: string;
  readonly environment: Environment;
  readonly logger: Logger;
}): Tracing {
  const { name, environment, logger } = options;
  const config = loadConfig(tracingConfigSchema, environment);
  const provider = createProvider(name, config.OTEL_EXPORTER_OTLP_ENDPOINT, config.OTEL_TRACES_SAMPLER_ARG, logger);
  if (!context.setGlobalContextManager(new AsyncLocalStorageContextManager())) throw new Error('tracing runs already');
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), requestIdPropagator] }),
  );
  trace.setGlobalTracerProvider(provider);

  async function stop(): Promise<void> {
    const late = !(await endsIn(provider.shutdown(), FLUSH_MS_MAX));
    if (late) logger.warn('the collector did not take the last traces in time');
    for (const api of [trace, propagation, context]) api.disable();
  }
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}

function createProvider(name: string, endpoint: string | undefined, ratio: number, logger: Logger): TracerProvider {
  // Spans still have ids when nobody records them.
  if (endpoint === undefined) return new TracerProvider({ sampler: new AlwaysOffSampler() });
  return new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAMESPACE]: 'cfd-broker',
        [ATTR_SERVICE_NAME]: name,
        [ATTR_SERVICE_INSTANCE_ID]: `${hostname()}-${process.pid}`,
      }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    // At most 2,048 spans wait; more are dropped.
    spanProcessors: [new BatchSpanProcessor({ exporter: createOtlpExporter(endpoint, logger) })],
  });
}

/** Whether it ends in time, well or badly: what the collector refuses is told of elsewhere. */
async function endsIn(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = work.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  return inTime;
}
