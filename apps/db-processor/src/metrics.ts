import { Counter, Gauge, Histogram, type Registry } from '@repo/service';

/** The service's own figures, on its registry. */
export function createDbProcessorMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'cfd_db_processor_requests_total',
      help: 'User requests by type and outcome; repeated: answered from the store, expired: dropped unanswered.',
      labelNames: ['type', 'outcome'] as const,
      registers,
    }),
    hashing: new Histogram({
      name: 'cfd_db_processor_hashing_seconds',
      help: 'Time to hash or verify a password, the wait at the gate aside.',
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
      registers,
    }),
    gateRunning: new Gauge({
      name: 'cfd_db_processor_hash_gate_running_passwords',
      help: 'Passwords being hashed.',
      registers,
    }),
    gateWaiting: new Gauge({
      name: 'cfd_db_processor_hash_gate_waiting_passwords',
      help: 'Passwords waiting at the gate.',
      registers,
    }),
    deadLetters: new Counter({
      name: 'cfd_db_processor_dead_letters_total',
      help: 'Messages that could not be understood, by topic.',
      labelNames: ['topic'] as const,
      registers,
    }),
    batchFailures: new Counter({
      name: 'cfd_db_processor_batch_failures_total',
      help: 'Batches that will come again, by consumer group.',
      labelNames: ['group'] as const,
      registers,
    }),
    auditIntact: new Gauge({
      name: 'cfd_db_processor_audit_chain_intact_rows',
      help: 'Rows of the audit chain that were verified.',
      registers,
    }),
    auditBroken: new Gauge({
      name: 'cfd_db_processor_audit_chain_broken_bool',
      help: '1 when a row of the audit chain is not as it was written.',
      registers,
    }),
    candleFlush: new Histogram({
      name: 'cfd_db_processor_candle_flush_seconds',
      help: 'Time to merge a batch of price updates into the stored candles.',
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
      registers,
    }),
    candleUpdates: new Counter({
      name: 'cfd_db_processor_candle_updates_total',
      help: 'Price updates by what became of them.',
      labelNames: ['outcome'] as const,
      registers,
    }),
  };
}

export type DbProcessorMetrics = ReturnType<typeof createDbProcessorMetrics>;
