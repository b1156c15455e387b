import { Counter, Histogram, type Registry } from '@repo/service';
import type { Api } from './api.ts';

/** Counts and times every request by route pattern, never by URL: there are few of the former. */
export function measureRequests(app: Api, metrics: Registry): void {
  const duration = new Histogram({
    name: 'cfd_api_server_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metrics],
  });
  const aborted = new Counter({
    name: 'cfd_api_server_http_requests_aborted_total',
    help: 'Requests whose client went away before the answer',
    registers: [metrics],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const status = reply.statusCode;
    duration.observe({ method: knownMethod(request.method), route, status }, reply.elapsedTime / 1000);
    request.log.debug({ method: request.method, route, status, ms: reply.elapsedTime }, 'answered');
  });
  app.addHook('onRequestAbort', async (_request) => aborted.inc());
}

function knownMethod(method: string): string {
  return ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'].includes(method) ? method : 'other';
}
