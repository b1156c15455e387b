import type { Database } from '@repo/db';
import { type Consumer, consumeTopic, type Kafka } from '@repo/kafka';
import { monotonicMs } from '@repo/service';
import type { ConsumerReports } from '../consumer-reports.ts';
import type { DbProcessorMetrics } from '../metrics.ts';
import { asPoison } from '../requests/as-poison.ts';
import { storeUpdates } from './store-updates.ts';

const BATCH_MAX = 5_000;

/** Turns `price-updates` into stored candles. */
export function consumePriceUpdates(options: {
  readonly kafka: Kafka;
  readonly database: Database;
  readonly metrics: DbProcessorMetrics;
  readonly reports: ConsumerReports;
  /** Least time between two writes. */
  readonly flushMs: number;
  /** How long one-minute candles are kept. */
  readonly keptMs: number;
}): Consumer {
  const { kafka, database, metrics, reports, flushMs, keptMs } = options;
  return consumeTopic(kafka, {
    ...reports('price-updates', 'candles'),
    from: 'earliest',
    batchIntervalMs: flushMs,
    batchSizeMax: BATCH_MAX,
    onMessages: async (received) => {
      // Where the minutes are gone already, a late one alone would replace the hour that was built from them all.
      const oldest = Date.now() - keptMs;
      const updates = received.map(({ message }) => message).filter(({ timestamp }) => timestamp >= oldest);
      metrics.candleUpdates.inc({ outcome: 'outdated' }, received.length - updates.length);
      if (updates.length === 0) return;
      const start = monotonicMs();
      try {
        const { counted, repeated } = await storeUpdates(database, updates);
        metrics.candleUpdates.inc({ outcome: 'counted' }, counted);
        metrics.candleUpdates.inc({ outcome: 'repeated' }, repeated);
      } catch (error) {
        throw asPoison(error) ?? error;
      }
      metrics.candleFlush.observe((monotonicMs() - start) / 1_000);
    },
  });
}
