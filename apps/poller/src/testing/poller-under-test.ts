import { EmbeddedBroker, ensureTopics, followTopic } from '@repo/kafka';
import { createEmbeddedRedis, type PriceCache } from '@repo/redis';
import type { PriceUpdate } from '@repo/schemas';
import { loadConfig } from '@repo/service';
import { defaultInstruments, type Instrument } from '@repo/trading-core';
import { pollerConfigSchema } from '../config.ts';
import { startPoller } from '../start-poller.ts';
import { recordingLogger } from './recording-logger.ts';

/** The log, the cache and a reader of `price-updates`, for pollers to be started on. */
export async function startPollerWorld() {
  const broker = new EmbeddedBroker();
  const reader = broker.connect();
  await ensureTopics(reader);
  const redis = createEmbeddedRedis();
  const updates: PriceUpdate[] = [];
  const invalid: string[] = [];
  const keysDiffer: string[] = [];
  const follower = followTopic(reader, {
    topic: 'price-updates',
    onMessages: (messages) => {
      for (const { message, record } of messages) {
        updates.push(message);
        if (record.key !== message.asset) keysDiffer.push(record.key);
      }
    },
    onInvalid: (_, reason) => invalid.push(reason),
  });
  await follower.ready;
  const cache = { away: false };
  const prices: PriceCache = {
    put: (price) => (cache.away ? Promise.reject(new Error('away')) : redis.prices.put(price)),
    getMany: (assets) => (cache.away ? Promise.reject(new Error('away')) : redis.prices.getMany(assets)),
  };
  const log = recordingLogger();
  const stops: (() => Promise<void>)[] = [];

  function options(environment: Record<string, string>, instruments: readonly Instrument[] = defaultInstruments) {
    const config = loadConfig(pollerConfigSchema, {
      FEED_RECONNECT_BASE_MS: '1',
      FEED_RECONNECT_MAX_MS: '5',
      ...environment,
    });
    return { config, logger: log.logger, kafka: broker.connect(), prices, instruments };
  }

  async function start(environment: Record<string, string>, instruments?: readonly Instrument[]) {
    const poller = await startPoller(options(environment, instruments));
    stops.push(() => poller.stop());
    /** Sums the series of a metric whose labels include these. */
    const metric = async (name: string, labels: Record<string, string> = {}) => {
      const family = await poller.metrics.getSingleMetric(name)?.get();
      if (family === undefined) throw new Error(`no metric ${name}`);
      const chosen = family.values.filter((one) =>
        Object.entries(labels).every(([label, value]) => String(one.labels[label as never]) === value),
      );
      return chosen.reduce((sum, one) => sum + one.value, 0);
    };
    return { ...poller, metric };
  }

  return {
    broker,
    cache,
    prices: redis.prices,
    updates,
    invalid,
    keysDiffer,
    messages: log.messages,
    /** What `startPoller` takes. */
    options,
    start,
    async close() {
      broker.restore();
      for (const stop of stops) await stop();
      await follower.close();
      await reader.close();
      await redis.close();
    },
  };
}
