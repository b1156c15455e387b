import { type Context, context, createContextKey, type TextMapPropagator, trace } from '@opentelemetry/api';

const key = createContextKey('request id');
const HEADER = 'request-id';
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The context of a request from outside: what is done within it is logged under this id. */
export function withRequestId(parent: Context, requestId: string): Context {
  return parent.setValue(key, requestId);
}

/** The id of the request that is under way here, whichever process took it; undefined outside of one. */
export function activeRequestId(): string | undefined {
  return requestIdOf(context.active());
}

/** For log lines: which request, and which trace. Empty outside of a request. */
export function activeIds(): { requestId?: string; traceId?: string } {
  const active = context.active();
  const requestId = requestIdOf(active);
  const traceId = trace.getSpanContext(active)?.traceId;
  return { ...(requestId !== undefined && { requestId }), ...(traceId !== undefined && { traceId }) };
}

/** Carries the request id between processes, in a header of its own. What is no UUID was not made by us. */
export const requestIdPropagator: TextMapPropagator = {
  inject(from, carrier, setter) {
    const requestId = requestIdOf(from);
    if (requestId !== undefined) setter.set(carrier, HEADER, requestId);
  },
  extract(into, carrier, getter) {
    const requestId = getter.get(carrier, HEADER);
    return typeof requestId === 'string' && UUID.test(requestId) ? withRequestId(into, requestId) : into;
  },
  fields: () => [HEADER],
};

function requestIdOf(from: Context): string | undefined {
  const requestId = from.getValue(key);
  return typeof requestId === 'string' ? requestId : undefined;
}
