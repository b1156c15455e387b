import { Gauge, type Registry } from 'prom-client';

/** A pool of connections that can tell who has them. */
export interface ConnectionPool {
  pool(): { readonly used: number; readonly idle: number; readonly waiting: number; readonly max: number };
}

/** Shows the connections to PostgreSQL, as `cfd_<service>_database_…`. */
export function watchDatabasePool(registry: Registry, service: string, database: ConnectionPool): void {
  const registers = [registry];
  new Gauge({
    name: `cfd_${service}_database_connections`,
    help: 'Connections to PostgreSQL by state: used or idle',
    labelNames: ['state'] as const,
    registers,
    collect() {
      const { used, idle } = database.pool();
      this.set({ state: 'used' }, used);
      this.set({ state: 'idle' }, idle);
    },
  });
  new Gauge({
    name: `cfd_${service}_database_connections_max`,
    help: 'Most connections to PostgreSQL',
    registers,
  }).set(database.pool().max);
  new Gauge({
    name: `cfd_${service}_database_waiting_queries`,
    help: 'Queries that wait for a connection to PostgreSQL',
    registers,
    collect() {
      this.set(database.pool().waiting);
    },
  });
}
