import { setTimeout as sleep } from 'node:timers/promises';
import type { CandleReader } from '@repo/db';
import type { PriceUpdate } from '@repo/schemas';
import { type Logger, monotonicMs } from '@repo/service';
import { type Candle, type CandleInterval, candleOpenTime, defaultInstruments, quoteSpread } from '@repo/trading-core';
import { CandleSeries, longIntervals } from './candle-series.ts';
import type { PriceBoard } from './price-board.ts';
import { uniteCandles } from './unite-candles.ts';

export interface LiveCandleQuery {
  readonly asset: string;
  readonly interval: CandleInterval;
  /** ms since the epoch, inclusive. */
  readonly from?: number | undefined;
  /** ms since the epoch, exclusive. */
  readonly to?: number | undefined;
  readonly limit: number;
}

/** Candles of every instrument: those in progress from the price board, history from PostgreSQL. */
export interface CandleBoard {
  /**
   * The newest `limit` candles of the range, oldest first, the one in progress included. `1s` reaches back an hour at
   * most and not beyond the start. Rejects with `DatabaseUnavailableError` when the history cannot be read.
   */
  find(query: LiveCandleQuery): Promise<readonly Candle[]>;
  /** The candle in progress, or the last one when no quote has come since; none before the first quote. */
  current(asset: string, interval: CandleInterval): Candle | undefined;
  /** Told the asset whose candles changed. Returns how to stop being told. */
  onCandle(listener: (asset: string) => void): () => void;
  close(): Promise<void>;
}

export interface CandleBoardOptions {
  readonly board: PriceBoard;
  readonly candles: CandleReader;
  readonly logger: Logger;
}

const TURN_CHECK_MS = 100;
/** A second is closed this much after its end, so that a quote on its way still finds it open. */
const TURN_GRACE_MS = 250;
const SEED_RETRY_MS = 1_000;
const SEED_RETRY_MS_MAX = 30_000;

export function createCandleBoard(options: CandleBoardOptions): CandleBoard {
  const { board, candles, logger } = options;
  const series = new Map(defaultInstruments.map(({ asset }) => [asset, new CandleSeries()]));
  const listeners = new Set<(asset: string) => void>();
  const stopping = new AbortController();
  /** The stream's clock less the monotonic one, so that this machine's wall clock plays no part. */
  let streamOffsetMs: number | undefined;

  function tell(asset: string): void {
    for (const listener of listeners) listener(asset);
  }

  function take(update: PriceUpdate): void {
    const one = series.get(update.asset);
    if (one === undefined) return;
    streamOffsetMs = update.at - monotonicMs();
    // The timestamp decides, as in the stored candles.
    if (update.status === 'live') one.tick(update.timestamp, update.price, spreadOf(update));
    else one.pause(update.at);
    tell(update.asset);
  }

  function turnSeconds(): void {
    if (streamOffsetMs === undefined) return;
    const at = streamOffsetMs + monotonicMs() - TURN_GRACE_MS;
    for (const [asset, one] of series) if (one.advance(at)) tell(asset);
  }

  const stopFollowing = board.onUpdate(take);
  const turnTimer = setInterval(turnSeconds, TURN_CHECK_MS);
  const seeded = seedSeries(series, candles, logger, stopping.signal);

  return {
    find: async ({ asset, interval, from, to, limit }) => {
      const live = (series.get(asset)?.since(interval, from ?? 0) ?? []).filter(
        (candle) => to === undefined || candle.openTime < to,
      );
      if (interval === '1s') return live.slice(-limit);
      const stored = await candles.findCandles({
        asset,
        interval,
        limit,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      });
      return joinCandles(stored, live).slice(-limit);
    },
    current: (asset, interval) => series.get(asset)?.newest(interval),
    onCandle: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      stopFollowing();
      clearInterval(turnTimer);
      listeners.clear();
      stopping.abort();
      await seeded;
    },
  };
}

function spreadOf({ bid, ask }: PriceUpdate): number {
  return quoteSpread(bid, ask) ?? Number(ask) - Number(bid);
}

function joinCandles(stored: readonly Candle[], live: readonly Candle[]): readonly Candle[] {
  const byOpenTime = new Map(stored.map((candle) => [candle.openTime, candle]));
  for (const candle of live) {
    const known = byOpenTime.get(candle.openTime);
    byOpenTime.set(candle.openTime, known === undefined ? candle : uniteCandles(known, candle));
  }
  return [...byOpenTime.values()].sort((a, b) => a.openTime - b.openTime);
}

/** Continues the stored candles in progress, so that a restart in mid-hour keeps the hour. */
async function seedSeries(
  series: ReadonlyMap<string, CandleSeries>,
  candles: CandleReader,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (const [asset, one] of series) {
    for (const interval of longIntervals) {
      for (let retryMs = SEED_RETRY_MS; !signal.aborted; retryMs = Math.min(retryMs * 2, SEED_RETRY_MS_MAX)) {
        try {
          const from = candleOpenTime(Date.now(), interval);
          for (const stored of await candles.findCandles({ asset, interval, from, limit: 1 })) {
            one.seed(interval, stored);
          }
          break;
        } catch (error) {
          logger.warn({ err: error, asset, interval }, 'cannot continue a stored candle yet');
          await sleep(retryMs, undefined, { signal }).catch(() => undefined);
        }
      }
    }
  }
}
