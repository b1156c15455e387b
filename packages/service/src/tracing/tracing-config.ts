import { z } from 'zod';

const endpointMessage = 'it must be a URL such as http://otel-collector:4318';
const ratioMessage = 'it must be a number from 0 to 1';

/** Settings of tracing, by the names of OpenTelemetry. */
export const tracingConfigSchema = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(isEndpoint, endpointMessage)
    .optional()
    .describe('Where traces are sent: a collector’s OTLP over HTTP, `/v1/traces` is added. Absent: nothing is sent.'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^\d?(?:\.\d+)?$/, ratioMessage)
    .transform(Number)
    .pipe(z.number().max(1, ratioMessage))
    .default(1)
    .describe('The share of HTTP requests that is traced.'),
});

export type TracingConfig = z.infer<typeof tracingConfigSchema>;

function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && search === '' && hash === '';
}
