import { ConfigError } from '@repo/service';
import { type CreateFeedOptions, createFeed } from './create-feed.ts';
import type { FeedHandlers, PriceFeed } from './source.ts';

/**
 * Starts the feed that the settings name. When they name none: Backpack if it quotes in time, else the fallback; the
 * choice is made once, so that a real and a simulated market never mix.
 *
 * @throws ConfigError when there is no source to use or its settings cannot work.
 */
export async function startFeed(options: CreateFeedOptions, handlers: FeedHandlers): Promise<PriceFeed> {
  const { config, logger } = options;
  if (config.PRICE_SOURCE !== undefined) {
    const feed = await createFeed(config.PRICE_SOURCE, options);
    feed.start(handlers);
    logger.info({ source: feed.source }, `prices come from: ${feed.source}`);
    return feed;
  }
  const fallback = config.PRICE_SOURCE_FALLBACK;
  if (fallback === 'none') {
    throw new ConfigError('PRICE_SOURCE is not set: it must be backpack, binance, simulated or replay.');
  }
  const backpack = await createFeed('backpack', options);
  if (await quotesInTime(backpack, handlers, config.PRICE_SOURCE_PROBE_MS)) {
    logger.info({ source: backpack.source }, 'prices come from: backpack');
    return backpack;
  }
  await backpack.stop();
  handlers.onConnection(backpack.source, 'closed');
  const feed = await createFeed(fallback, options);
  feed.start(handlers);
  logger.warn(
    { source: feed.source },
    `Backpack did not answer in ${config.PRICE_SOURCE_PROBE_MS} ms: prices come from: ${feed.source}`,
  );
  return feed;
}

/** Starts the feed and tells whether it quotes within the time. */
async function quotesInTime(feed: PriceFeed, handlers: FeedHandlers, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      timer = setTimeout(resolve, timeoutMs, false);
      feed.start({
        ...handlers,
        onQuote: (quote) => {
          resolve(true);
          handlers.onQuote(quote);
        },
      });
    });
  } finally {
    clearTimeout(timer);
  }
}
