import { Counter, Gauge, Histogram, type Registry } from '@repo/service';

/** `held`: accounts in memory at the moment. */
export function createAccountBoardMetrics(registry: Registry, held: () => number) {
  const registers = [registry];
  const prefix = 'cfd_api_server_accounts';
  new Gauge({
    name: `${prefix}_held`,
    help: 'Accounts held in memory because somebody watches them',
    collect() {
      this.set(held());
    },
    registers,
  });
  return {
    loads: new Counter({ name: `${prefix}_loads_total`, help: 'Accounts loaded from the books', registers }),
    restarts: new Counter({
      name: `${prefix}_restarts_total`,
      help: 'Accounts loaded anew because what was in memory could not be trusted, by the reason',
      labelNames: ['reason'] as const,
      registers,
    }),
    valuing: new Histogram({
      name: `${prefix}_valuing_seconds`,
      help: 'One round of valuing all accounts held at the latest prices',
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1],
      registers,
    }),
  };
}
