import type { Kafka } from '@repo/kafka';
import type { PriceCache } from '@repo/redis';
import type { Price, PriceSource } from '@repo/schemas';
import { Health, type Logger, type RunningService } from '@repo/service';
import { defaultInstruments, defaultTerms, type Instrument } from '@repo/trading-core';
import { AssetSequences } from './asset-sequences.ts';
import type { PollerConfig } from './config.ts';
import { createPollerMetrics } from './metrics.ts';
import { PricePipeline } from './price-pipeline.ts';
import type { PriceFeed } from './sources/source.ts';
import { startFeed } from './sources/start-feed.ts';

export interface PollerOptions {
  readonly config: PollerConfig;
  readonly logger: Logger;
  /** Its topics must exist. */
  readonly kafka: Pick<Kafka, 'send' | 'ping'>;
  readonly prices: PriceCache;
  /** What to follow; the default instruments unless told. */
  readonly instruments?: readonly Instrument[];
}

/**
 * Follows the market: publishes `price-updates` and keeps `price:{asset}`. Runs on through the loss of the source, the
 * log and the cache.
 *
 * @throws ConfigError when the price source is not set, or its settings cannot work.
 */
export async function startPoller(options: PollerOptions): Promise<RunningService & { readonly source: PriceSource }> {
  const { config, logger, kafka, prices, instruments = defaultInstruments } = options;
  const metrics = createPollerMetrics();
  const health = new Health();
  const assets = instruments.map((instrument) => instrument.asset);
  const cached = await readCache(prices, assets, logger);
  let feed: PriceFeed | undefined;
  const pipeline = new PricePipeline({
    instruments,
    terms: defaultTerms,
    kafka,
    prices,
    sequences: new AssetSequences(assets, cached, Date.now()),
    metrics,
    logger,
    onDown: (asset) => feed?.renew(asset),
  });
  pipeline.inherit(cached);
  try {
    feed = await startFeed({ config, instruments, logger }, pipeline.handlers);
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
  health.add('kafka', () => kafka.ping());
  health.add('feed', () => pipeline.checkFeed());

  const running = feed;
  let stopped: Promise<void> | undefined;
  return {
    name: 'poller',
    source: running.source,
    health,
    metrics: metrics.registry,
    stop: () => {
      health.stopping();
      stopped ??= running.stop().then(() => pipeline.stop());
      return stopped;
    },
  };
}

async function readCache(prices: PriceCache, assets: readonly string[], logger: Logger): Promise<readonly Price[]> {
  try {
    return await prices.getMany(assets);
  } catch (error) {
    logger.warn({ err: error }, 'the price cache cannot be read: sequences start from the clock');
    return [];
  }
}
