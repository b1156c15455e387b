import { randomUUID } from 'node:crypto';
import { followTopic, type Kafka } from '@repo/kafka';
import type { PriceCache } from '@repo/redis';
import type { FeedStatus, Price, PriceUpdate, PriceWithStart } from '@repo/schemas';
import { Counter, Gauge, type Logger, monotonicMs, type Registry, watchConsumerLag } from '@repo/service';
import { defaultInstruments, type Instrument } from '@repo/trading-core';

/** The latest price of every instrument, followed from the log. */
export interface PriceBoard {
  /** Instruments without a price yet are left out; the order is that of the instruments. */
  latest(): PriceWithStart[];
  get(asset: string): PriceWithStart | undefined;
  /** Told of each newer price, after the board has it. Returns how to stop being told. */
  onUpdate(listener: (update: PriceUpdate) => void): () => void;
  close(): Promise<void>;
}

export interface PriceBoardOptions {
  readonly kafka: Kafka;
  readonly prices: PriceCache;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly instruments?: readonly Instrument[];
  /**
   * The poller says when a price goes stale; silence this much longer, ms, means that the poller itself is gone. 2 s
   * unless told.
   */
  readonly pollerSilenceMs?: number;
}

interface Entry {
  readonly instrument: Instrument;
  readonly price: PriceWithStart;
  /** Monotonic. */
  readonly receivedAtMs: number;
}

const POLLER_SILENCE_MS = 2_000;
/** How long the start waits for the log; the board follows by itself from whenever it answers. */
const READY_WAIT_MS = 5_000;

/**
 * Starts from the cached prices and follows `price-updates`. An update whose sequence is not newer is ignored. A price
 * nobody confirms any more goes `stale`, then `down`, here too, so that a dead poller never leaves a price `live`.
 */
export async function createPriceBoard(options: PriceBoardOptions): Promise<PriceBoard> {
  const { kafka, prices, logger, metrics } = options;
  const { pollerSilenceMs = POLLER_SILENCE_MS } = options;
  const instruments = new Map(
    (options.instruments ?? defaultInstruments).map((instrument) => [instrument.asset, instrument]),
  );
  const entries = new Map<string, Entry>();
  const listeners = new Set<(update: PriceUpdate) => void>();
  const updates = new Counter({
    name: 'cfd_api_server_price_updates_total',
    help: 'Price updates read from the log, by what became of them',
    labelNames: ['outcome'] as const,
    registers: [metrics],
  });

  new Gauge({
    name: 'cfd_api_server_price_age_seconds',
    help: 'Since the last update of an asset arrived here',
    labelNames: ['asset'] as const,
    registers: [metrics],
    collect() {
      for (const [asset, { receivedAtMs }] of entries) this.set({ asset }, (monotonicMs() - receivedAtMs) / 1_000);
    },
  });

  function take(price: Price): boolean {
    const instrument = instruments.get(price.asset);
    if (instrument === undefined) {
      updates.inc({ outcome: 'unknown-instrument' });
      return false;
    }
    const known = entries.get(price.asset);
    if (known !== undefined && price.sequence <= known.price.sequence) {
      updates.inc({ outcome: 'not-newer' });
      return false;
    }
    keep(instrument, price, known?.price.startPrice ?? price.price);
    return true;
  }

  function keep(instrument: Instrument, price: Price, startPrice: number, receivedAtMs = monotonicMs()): void {
    const { asset, price: mid, timestamp, bid, ask, status, source, sequence } = price;
    const kept = { asset, price: mid, timestamp, bid, ask, status, source, sequence, startPrice };
    entries.set(asset, { instrument, price: kept, receivedAtMs });
  }

  function tell(update: PriceUpdate): void {
    for (const listener of listeners) listener(update);
  }

  const follower = followTopic(kafka, {
    topic: 'price-updates',
    onMessages: (messages) => {
      for (const { message } of messages) {
        if (!take(message)) continue;
        updates.inc({ outcome: 'taken' });
        tell(message);
      }
    },
    onInvalid: (record, reason) => {
      updates.inc({ outcome: 'invalid' });
      logger.warn({ partition: record.partition, offset: record.offset, reason }, 'passed an invalid price update');
    },
  });

  watchConsumerLag(metrics, 'api_server', { broadcast: follower });

  function ageStatuses(): void {
    const now = monotonicMs();
    for (const { instrument, price, receivedAtMs } of entries.values()) {
      const status = statusOfAge(instrument, now - receivedAtMs - pollerSilenceMs);
      if (rank[status] <= rank[price.status]) continue;
      keep(instrument, { ...price, status }, price.startPrice, receivedAtMs);
      logger.warn({ asset: price.asset, status }, 'no word from the poller about a price');
      const { startPrice: _, ...plain } = price;
      tell({ ...plain, status, id: randomUUID(), at: Date.now() });
    }
  }

  // The follower first, then the cache: what arrives in between is newer than the cache and wins.
  if (!(await settlesWithin(follower.ready, READY_WAIT_MS))) logger.warn('the price log does not answer yet');
  try {
    for (const price of await prices.getMany([...instruments.keys()])) take(price);
  } catch (error) {
    logger.warn({ err: error }, 'no cached prices: each asset appears with its first update');
  }
  const ageTimer = setInterval(ageStatuses, pollerSilenceMs / 2);

  return {
    latest: () => [...instruments.keys()].flatMap((asset) => entries.get(asset)?.price ?? []),
    get: (asset) => entries.get(asset)?.price,
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      clearInterval(ageTimer);
      listeners.clear();
      await follower.close();
    },
  };
}

const rank: Readonly<Record<FeedStatus, number>> = { live: 0, stale: 1, down: 2 };

function statusOfAge(instrument: Instrument, ageMs: number): FeedStatus {
  if (ageMs > instrument.downAfterMs) return 'down';
  return ageMs > instrument.staleAfterMs ? 'stale' : 'live';
}

async function settlesWithin(promise: Promise<void>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, waitMs, false);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
