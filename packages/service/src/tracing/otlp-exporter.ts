import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { monotonicMs } from '../monotonic.ts';

const WARNING_INTERVAL_MS = 60_000;

/**
 * Sends spans to a collector. Those it does not take are dropped, with a warning a minute at most. The library itself
 * reads OpenTelemetry's variables for headers and certificates (`OTEL_EXPORTER_OTLP_HEADERS`, …).
 */
export function createOtlpExporter(endpoint: string, logger: Logger): SpanExporter {
  const otlp = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  let dropped = 0;
  let quietUntilMs = 0;

  function report(spans: number, { error }: ExportResult): void {
    dropped += spans;
    if (monotonicMs() < quietUntilMs) return;
    quietUntilMs = monotonicMs() + WARNING_INTERVAL_MS;
    // Only the error's words: it carries whatever the collector answered. And not as a line of the request that
    // happened to fill the batch.
    const reason = error?.message ?? 'unknown';
    context.with(ROOT_CONTEXT, () =>
      logger.warn({ dropped, reason }, 'the collector takes no traces: they are dropped'),
    );
    dropped = 0;
  }

  return {
    export: (spans, done) =>
      otlp.export(spans, (result) => {
        if (result.code === ExportResultCode.FAILED) report(spans.length, result);
        done(result);
      }),
    forceFlush: () => otlp.forceFlush(),
    shutdown: () => otlp.shutdown(),
  };
}
