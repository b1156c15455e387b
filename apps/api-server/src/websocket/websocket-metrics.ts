import { Counter, Gauge, type Registry } from '@repo/service';

export type WebSocketMetrics = ReturnType<typeof createWebSocketMetrics>;

/** `bufferedBytes`: what waits for all clients at the moment. */
export function createWebSocketMetrics(registry: Registry, bufferedBytes: () => number, connectionsMax: number) {
  const registers = [registry];
  const prefix = 'cfd_api_server_websocket';
  new Gauge({ name: `${prefix}_clients_max`, help: 'Most open connections', registers }).set(connectionsMax);
  return {
    clients: new Gauge({ name: `${prefix}_clients`, help: 'Open connections', registers }),
    subscriptions: new Gauge({ name: `${prefix}_subscriptions`, help: 'Channels held by all clients', registers }),
    bufferedBytes: new Gauge({
      name: `${prefix}_buffered_bytes`,
      help: 'Bytes that wait for clients to read them',
      collect() {
        this.set(bufferedBytes());
      },
      registers,
    }),
    frames: new Counter({ name: `${prefix}_frames_total`, help: 'Update frames built, once for all', registers }),
    deliveries: new Counter({
      name: `${prefix}_deliveries_total`,
      help: 'Update frames written to clients',
      registers,
    }),
    skippedDeliveries: new Counter({
      name: `${prefix}_skipped_deliveries_total`,
      help: 'Update frames kept from clients that read too slowly; they get a snapshot instead',
      registers,
    }),
    slowCloses: new Counter({
      name: `${prefix}_slow_closes_total`,
      help: 'Clients closed because they stopped reading',
      registers,
    }),
    violations: new Counter({
      name: `${prefix}_violations_total`,
      help: 'Things clients did that the protocol does not allow',
      labelNames: ['kind'] as const,
      registers,
    }),
    refusedUpgrades: new Counter({
      name: `${prefix}_refused_upgrades_total`,
      help: 'Connections refused before they were open',
      labelNames: ['code'] as const,
      registers,
    }),
  };
}
