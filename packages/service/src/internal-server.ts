import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { Readiness } from './health.ts';
import { metricsText } from './metrics-text.ts';
import type { RunningService } from './running-service.ts';

/** `/healthz`, `/readyz` and `/metrics` of the services of this process, for the operator's network only. */
export async function startInternalServer(options: {
  readonly host: string;
  readonly port: number;
  /** Asked at every request: a service that has not started yet is not among them, and without any it is not ready. */
  readonly services: () => readonly RunningService[];
  /** Registries beside those of the services, e.g. the process's own. */
  readonly metrics?: readonly Registry[];
}): Promise<{ port: number; stop(): Promise<void> }> {
  const registries = () => [...options.services().map((service) => service.metrics), ...(options.metrics ?? [])];
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (path === '/healthz') {
      json(200, { status: 'ok' });
    } else if (path === '/readyz') {
      readinessOf(options.services()).then(
        (services) => {
          const states = Object.values(services);
          const ready = states.length > 0 && states.every((state) => state.ready);
          json(ready ? 200 : 503, { ready, services });
        },
        (error: unknown) => json(500, { error: String(error) }),
      );
    } else if (path === '/metrics') {
      metricsText(registries(), readinessOf(options.services())).then(
        (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
        (error: unknown) => json(500, { error: String(error) }),
      );
    } else {
      json(404, { error: 'not found: try /healthz, /readyz or /metrics' });
    }
  });
  await listen(server, options.port, options.host);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readinessOf(services: readonly RunningService[]): Promise<Record<string, Readiness>> {
  const entries = await Promise.all(
    services.map(async (service) => [service.name, await service.health.readiness()] as const),
  );
  return Object.fromEntries(entries);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
