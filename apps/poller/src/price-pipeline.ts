import { randomUUID } from 'node:crypto';
import type { Kafka } from '@repo/kafka';
import type { PriceCache } from '@repo/redis';
import type { FeedStatus, Price, PriceSource, PriceUpdate } from '@repo/schemas';
import { type Logger, monotonicMs } from '@repo/service';
import type { Instrument, InstrumentTerms } from '@repo/trading-core';
import { AssetAges } from './asset-ages.ts';
import type { AssetSequences } from './asset-sequences.ts';
import { ConflatingWriter } from './conflating-writer.ts';
import type { PollerMetrics } from './metrics.ts';
import { type MarkedUpQuote, markUp } from './policy/mark-up.ts';
import { QuoteFilter } from './policy/quote-filter.ts';
import type { FeedHandlers, RawQuote } from './sources/source.ts';

interface PricePipelineOptions {
  readonly instruments: readonly Instrument[];
  /** Those of each instrument: the mark-up is theirs. */
  readonly terms: readonly InstrumentTerms[];
  readonly kafka: Pick<Kafka, 'send' | 'ping'>;
  readonly prices: PriceCache;
  readonly sequences: AssetSequences;
  readonly metrics: PollerMetrics;
  readonly logger: Logger;
  /** Told when an asset has gone down: its quotes might be asked for anew. */
  readonly onDown: (asset: string) => void;
}

interface Outgoing {
  readonly asset: string;
  readonly update: PriceUpdate;
  /** Absent when it is a change of status and no quote. */
  readonly receivedAtMs?: number;
}

interface AssetState {
  readonly instrument: Instrument;
  readonly terms: InstrumentTerms;
  readonly filter: QuoteFilter;
  last?: Price;
}

// More than any burst of a healthy log; about half a megabyte.
const UPDATES_WAITING_MAX = 1_000;

/** The way of a quote: filter, mark up, number, publish, cache; and of a silence: a change of status. */
export class PricePipeline {
  readonly #options: PricePipelineOptions;
  readonly #assets: ReadonlyMap<string, AssetState>;
  readonly #ages: AssetAges;
  readonly #connectedBefore = new Set<PriceSource>();
  readonly #log: ConflatingWriter<Outgoing>;
  readonly #cache: ConflatingWriter<Price>;

  constructor(options: PricePipelineOptions) {
    const { kafka, prices, metrics, logger } = options;
    this.#options = options;
    this.#assets = new Map(
      options.instruments.map((instrument) => {
        const terms = termsOf(instrument, options.terms);
        return [instrument.asset, { instrument, terms, filter: new QuoteFilter() }];
      }),
    );
    this.#ages = new AssetAges((asset, status) => this.#onAged(asset, status));
    metrics.watchAges(() => this.#ages.ages());
    this.#log = new ConflatingWriter({
      destination: 'the price-updates topic',
      logger,
      waitingMax: UPDATES_WAITING_MAX,
      write: (items) =>
        kafka.send(
          'price-updates',
          items.map(({ asset, update }) => ({ key: asset, value: JSON.stringify(update) })),
        ),
      onWritten: (items) => this.#onPublished(items),
      onFailure: () => metrics.publishFailures.inc(),
      onConflated: (count) => metrics.conflated.inc(count),
    });
    this.#cache = new ConflatingWriter({
      destination: 'the price cache',
      logger,
      // Only the newest price of an asset is worth caching.
      waitingMax: 0,
      write: async (items) => {
        await Promise.all(items.map((price) => prices.put(price)));
      },
      onFailure: () => metrics.cacheFailures.inc(),
    });
    metrics.watchWaiting(() => ({ log: this.#log.waiting, cache: this.#cache.waiting }));
  }

  get handlers(): FeedHandlers {
    const { metrics } = this.#options;
    return {
      onQuote: (raw) => this.#onQuote(raw),
      onUnusable: (source, reason) => {
        metrics.received.inc({ source });
        metrics.dropped.inc({ reason });
      },
      onError: (source) => metrics.sourceErrors.inc({ source }),
      onConnection: (source, state) => {
        metrics.connected.set({ source }, state === 'open' ? 1 : 0);
        if (state !== 'open') return;
        metrics.reconnects.inc({ source }, this.#connectedBefore.has(source) ? 1 : 0);
        this.#connectedBefore.add(source);
      },
      published: () => this.#log.drained(),
    };
  }

  /** What an earlier run has left in the cache turns stale and down as its age says. */
  inherit(cached: readonly Price[]): void {
    for (const price of cached) {
      const state = this.#assets.get(price.asset);
      if (state === undefined) continue;
      state.last = price;
      // The one age that crosses processes, so the wall clock is all there is.
      const ageMs = Math.max(0, Date.now() - price.timestamp);
      this.#ages.quoted(state.instrument, monotonicMs() - ageMs, price.status);
      this.#options.metrics.setStatus(price.asset, price.status);
    }
  }

  /** Resolves when at least one asset is priced; rejects with the reason when none is. */
  async checkFeed(): Promise<void> {
    const statuses = [...this.#assets.keys()].map((asset) => this.#ages.status(asset));
    if (statuses.every((status) => status === undefined)) throw new Error('no quote yet');
    if (!statuses.some((status) => status === 'live' || status === 'stale')) throw new Error('every price is down');
  }

  /** Publishes what waits. The feed must have stopped. */
  async stop(): Promise<void> {
    this.#ages.stop();
    await Promise.all([this.#log.stop(), this.#cache.stop()]);
  }

  #onQuote(raw: RawQuote): void {
    const { metrics } = this.#options;
    const state = this.#assets.get(raw.asset);
    if (state === undefined) throw new Error(`a feed quoted ${raw.asset}, which it was not given`);
    if (raw.role === 'witness') {
      state.filter.witness(raw);
      return;
    }
    metrics.received.inc({ source: raw.source });
    const verdict = state.filter.judge(raw);
    const quote = typeof verdict === 'string' ? verdict : markUp(state.instrument, state.terms, verdict);
    if (typeof quote === 'string') metrics.dropped.inc({ reason: quote });
    else this.#pass(state, raw, quote);
  }

  #pass(state: AssetState, raw: RawQuote, quote: MarkedUpQuote): void {
    const { asset } = raw;
    if (this.#ages.status(asset) !== 'live') this.#noteStatus(asset, 'live');
    this.#ages.quoted(state.instrument, raw.receivedAtMs);
    const price: Price = {
      asset,
      price: quote.mid,
      timestamp: Date.now(),
      bid: quote.bid,
      ask: quote.ask,
      status: 'live',
      source: raw.source,
      sequence: this.#options.sequences.take(asset),
    };
    this.#send(state, price, raw.receivedAtMs);
  }

  /** The last quote again with its new status; its timestamp stays that of the quote. */
  #onAged(asset: string, status: FeedStatus): void {
    const state = this.#assets.get(asset);
    if (state?.last === undefined) return;
    this.#noteStatus(asset, status);
    this.#send(state, { ...state.last, status, sequence: this.#options.sequences.take(asset) });
    if (status === 'down') this.#options.onDown(asset);
  }

  #noteStatus(asset: string, status: FeedStatus): void {
    const { metrics, logger } = this.#options;
    metrics.setStatus(asset, status);
    metrics.statusChanges.inc({ asset, status });
    logger.info({ asset, status }, `${asset} is ${status}`);
  }

  #send(state: AssetState, price: Price, receivedAtMs?: number): void {
    state.last = price;
    const update: PriceUpdate = { ...price, id: randomUUID(), at: Date.now() };
    this.#log.add({ asset: price.asset, update, ...(receivedAtMs === undefined ? {} : { receivedAtMs }) });
    this.#cache.add(price);
  }

  #onPublished(items: readonly Outgoing[]): void {
    const { metrics } = this.#options;
    const nowMs = monotonicMs();
    for (const { asset, receivedAtMs } of items) {
      if (receivedAtMs === undefined) continue;
      metrics.published.inc({ asset });
      metrics.publishSeconds.observe((nowMs - receivedAtMs) / 1_000);
    }
  }
}

function termsOf({ asset }: Instrument, all: readonly InstrumentTerms[]): InstrumentTerms {
  const terms = all.find((one) => one.asset === asset);
  if (terms === undefined) throw new Error(`${asset} has no terms`);
  return terms;
}
