import { collectDefaultMetrics, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry for one service, whose name is part of each metric's: `cfd_poller_quotes_total`. */
export function createMetrics(): Registry {
  return new Registry();
}

/** The figures of the process itself: CPU, memory, event-loop delay. Once a process. */
export function createProcessMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
