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
}): Consumer {
  const { kafka, database, metrics, reports, flushMs } = options;
  return consumeTopic(kafka, {
    ...reports('price-updates', 'candles'),
    from: 'earliest',
    batchIntervalMs: flushMs,
    batchSizeMax: BATCH_MAX,
    onMessages: async (received) => {
      const updates = received.map(({ message }) => message);
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
