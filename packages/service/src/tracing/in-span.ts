import { type SpanOptions, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';

export { SpanKind } from '@opentelemetry/api';

/**
 * Does a part of the request that is under way as a span of its trace; outside of a request it only does it. Of an error
 * its kind is recorded, never its words, which may quote what is secret.
 */
export async function inSpan<R>(name: string, options: SpanOptions, work: () => Promise<R>): Promise<R> {
  if (trace.getActiveSpan() === undefined) return work();
  return trace.getTracer('@repo/service').startActiveSpan(name, options, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute(ATTR_ERROR_TYPE, kindOf(error));
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The code of what caused it, such as `ECONNREFUSED` or an SQLSTATE, or else its class. */
function kindOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return error instanceof Error ? error.name : '_OTHER';
}
