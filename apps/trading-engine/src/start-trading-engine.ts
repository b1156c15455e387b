import { createLease, type DatabaseHandle } from '@repo/db';
import type { Kafka } from '@repo/kafka';
import { Health, type Logger, type RunningService, watchDatabasePool } from '@repo/service';
import { defaultTerms, type InstrumentTerms } from '@repo/trading-core';
import type { Pool } from 'pg';
import { Committer } from './books/committer.ts';
import type { TradingEngineConfig } from './config.ts';
import type { ReachPoint } from './crash-points.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createTradingEngineMetrics } from './metrics.ts';
import { Outages } from './outages.ts';
import { QuoteFeed } from './quotes/quote-feed.ts';
import { shardOptions } from './shard-options.ts';
import { ShardHolder } from './shards/shard-holder.ts';
import { ShardRunner } from './shards/shard-runner.ts';

export interface TradingEngineOptions {
  readonly config: TradingEngineConfig;
  readonly logger: Logger;
  /** Its topics must exist. */
  readonly kafka: Kafka;
  readonly database: DatabaseHandle;
  /** Told of a bug: the process is to end, and to recover. */
  readonly onBug?: (error: unknown) => void;
  /** For tests of recovery. */
  readonly reachPoint?: ReachPoint;
  /** The wall clock, ms since the epoch. */
  readonly now?: () => number;
  /** Of the instruments; the default ones unless told. */
  readonly terms?: readonly InstrumentTerms[];
}

/** Starts an engine: it takes its share of the shards, and goes on through the loss of the log and the database. */
export async function startTradingEngine(options: TradingEngineOptions): Promise<RunningService> {
  const { config, logger, kafka, database } = options;
  const { onBug = throwOutside, reachPoint = () => {}, now = Date.now, terms = defaultTerms } = options;
  const pool = (database.db as unknown as { readonly $client: Pool }).$client;
  const committer = new Committer(pool);
  const health = new Health();
  let holder: ShardHolder | undefined;
  const runners = () => holder?.runners ?? [];
  const metrics = createTradingEngineMetrics({
    shards: () => runners().length,
    outboxLag: () => runners().reduce((sum, runner) => sum + runner.outboxLag, 0),
  });
  watchDatabasePool(metrics.registry, 'trading_engine', database);
  const feed = new QuoteFeed({
    kafka,
    logger,
    onQuote: (quote) => {
      for (const runner of runners()) runner.quote(quote);
    },
    onSilence: (asset) => {
      for (const runner of runners()) runner.silence(asset);
    },
  });
  await feed.ready;
  const outages = new Outages(logger);
  holder = new ShardHolder({
    lease: createLease(database),
    leaseMs: config.SHARD_LEASE_MS,
    intervalMs: config.SHARE_INTERVAL_MS,
    logger,
    outages,
    run: (shardId, lease) =>
      new ShardRunner({
        shardId,
        lease,
        kafka,
        pool,
        committer,
        shardOptions,
        terms,
        latestQuotes: () => feed.latest(),
        logger,
        outages,
        metrics,
        reachPoint,
        now,
      }),
    onBug,
  });
  const held = holder;
  const housekeeping = startHousekeeping({
    pool,
    logger,
    outages,
    intervalMs: config.COMMAND_CLEANING_SECONDS * 1_000,
    commandDays: config.COMMAND_DAYS,
  });
  health.add('database', () => database.ping());
  health.add('kafka', () => kafka.ping());
  health.add('shards', async () => {
    if (!held.isPresent) throw new Error('not among the engines yet');
    const closed = held.runners.filter((runner) => !runner.isOpen);
    if (closed.length > 0) throw new Error(`${closed.length} shards are not open yet`);
  });

  let stopped: Promise<void> | undefined;
  return {
    name: 'trading-engine',
    health,
    metrics: metrics.registry,
    stop: () => {
      health.stopping();
      stopped ??= held
        .stop()
        .then(() => housekeeping.stop())
        .then(() => feed.close());
      return stopped;
    },
  };
}

/** Outside of any promise, so that the process ends with it. */
function throwOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
