import { Counter, createMetrics, Gauge, Histogram, type Registry } from '@repo/service';

/** `shards`, `outboxLag`: asked when somebody wants the figures. */
export function createTradingEngineMetrics(ask: { readonly shards: () => number; readonly outboxLag: () => number }) {
  const registry: Registry = createMetrics();
  const registers = [registry];
  new Gauge({
    name: 'cfd_trading_engine_shards',
    help: 'Shards that this engine runs.',
    registers,
    collect() {
      this.set(ask.shards());
    },
  });
  new Gauge({
    name: 'cfd_trading_engine_outbox_events',
    help: 'Events that are committed and not yet published.',
    registers,
    collect() {
      this.set(ask.outboxLag());
    },
  });
  const deadLetters = new Counter({
    name: 'cfd_trading_engine_dead_letters_total',
    help: 'Messages that could not be understood, set aside, by topic.',
    labelNames: ['topic'] as const,
    registers,
  });
  deadLetters.inc({ topic: 'trade-commands' }, 0); // so that the first is an increase
  return {
    registry,
    deadLetters,
    commits: new Histogram({
      name: 'cfd_trading_engine_commit_seconds',
      help: 'Time to commit a batch.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
      registers,
    }),
    commands: new Counter({
      name: 'cfd_trading_engine_commands_total',
      help: 'Commands by type and outcome, a refusal by its code.',
      labelNames: ['type', 'outcome'] as const,
      registers,
    }),
    events: new Counter({
      name: 'cfd_trading_engine_events_total',
      help: 'Committed events by type.',
      labelNames: ['type'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'cfd_trading_engine_commit_failures_total',
      help: 'Batches that were not committed; the shard was loaded anew.',
      registers,
    }),
  };
}

export type TradingEngineMetrics = ReturnType<typeof createTradingEngineMetrics>;
