import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import packageJson from '../package.json' with { type: 'json' };

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry for one service, whose name is part of each metric's: `cfd_poller_quotes_total`. */
export function createMetrics(): Registry {
  return new Registry();
}

/** The figures of the process itself: CPU, memory, event-loop delay, version. Once a process. */
export function createProcessMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'cfd_build_info',
    help: 'Which version runs here: always 1',
    labelNames: ['version'] as const,
    registers: [registry],
  }).set({ version: packageJson.version }, 1);
  return registry;
}
