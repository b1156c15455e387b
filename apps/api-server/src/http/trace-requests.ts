import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
} from '@opentelemetry/semantic-conventions';
import { withRequestId } from '@repo/service';
import type { FastifyRequest } from 'fastify';
import type { Api } from './api.ts';

/**
 * Puts all that a request causes under its id, and begins its trace. The first hook of all: what runs before it belongs
 * to no request. A client's own `traceparent` is not believed, and spans hold the route, never the URL.
 */
export function traceRequests(app: Api): void {
  const contexts = new WeakMap<FastifyRequest, Context>();

  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url;
    const attributes = {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      ...(route !== undefined && { [ATTR_HTTP_ROUTE]: route }),
      'cfd_broker.request_id': request.id,
    };
    const name = route === undefined ? method : `${method} ${route}`;
    const span = trace
      .getTracer('@repo/api-server')
      .startSpan(name, { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
    const own = trace.setSpan(withRequestId(ROOT_CONTEXT, request.id), span);
    contexts.set(request, own);
    context.with(own, done);
  });

  // Comes from the connection, which belongs to no request.
  app.addHook('onResponse', (request, reply, done) => {
    const own = contexts.get(request) ?? ROOT_CONTEXT;
    const status = reply.statusCode;
    const span = trace.getSpan(own);
    span?.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, status);
    if (status >= 500) span?.setAttribute(ATTR_ERROR_TYPE, String(status)).setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    context.with(own, done);
  });

  app.addHook('onRequestAbort', (request, done) => {
    const own = contexts.get(request) ?? ROOT_CONTEXT;
    trace.getSpan(own)?.setAttribute(ATTR_ERROR_TYPE, 'aborted').end();
    context.with(own, done);
  });
}
