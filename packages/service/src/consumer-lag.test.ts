import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type TopicReader, watchConsumerLag } from './consumer-lag.ts';
import { createMetrics } from './metrics.ts';

const reader = (...lags: number[]): TopicReader => ({
  lag: async () => lags.map((lag, partition) => ({ topic: 'price-updates', partition, lag })),
});

async function lines(registry: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('cfd_'));
}

describe('watchConsumerLag', () => {
  it('shows each partition of each reader', async () => {
    const registry = createMetrics();
    watchConsumerLag(registry, 'db_processor', { candles: reader(3, 0) });
    watchConsumerLag(registry, 'db_processor', { audit: reader(7) });
    assert.deepEqual(await lines(registry), [
      'cfd_db_processor_consumer_lag_records{group="candles",topic="price-updates",partition="0"} 3',
      'cfd_db_processor_consumer_lag_records{group="candles",topic="price-updates",partition="1"} 0',
      'cfd_db_processor_consumer_lag_records{group="audit",topic="price-updates",partition="0"} 7',
    ]);
  });

  it('forgets a partition that moved to another process', async () => {
    const registry = createMetrics();
    let lags = [1, 2];
    watchConsumerLag(registry, 'db_processor', { candles: { lag: () => reader(...lags).lag() } });
    assert.equal((await lines(registry)).length, 2);
    lags = [1];
    assert.equal((await lines(registry)).length, 1);
  });

  it('leaves out a reader that fails or hangs, within about a second, and shows the others', async () => {
    const registry = createMetrics();
    watchConsumerLag(registry, 'db_processor', {
      failing: { lag: () => Promise.reject(new Error('the brokers are away')) },
      hanging: { lag: () => new Promise(() => {}) },
      candles: reader(5),
    });
    const begun = performance.now();
    assert.deepEqual(await lines(registry), [
      'cfd_db_processor_consumer_lag_records{group="candles",topic="price-updates",partition="0"} 5',
    ]);
    const tookMs = performance.now() - begun;
    assert.ok(tookMs > 900 && tookMs < 3_000, `${tookMs} ms`);
  });
});
