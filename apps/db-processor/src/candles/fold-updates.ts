import type { PriceUpdate } from '@repo/schemas';
import { type Candle, candleOpenTime, extendCandle, openCandle, quoteSpread } from '@repo/trading-core';

/** The minutes that a run of updates of one asset adds to. */
export interface FoldedUpdates {
  /** One candle a minute, of these updates alone. */
  readonly minutes: readonly Candle[];
  /** Sequence of the newest update seen. */
  readonly lastSequence: number;
  /** Updates that came before, or out of their order. */
  readonly repeated: number;
}

/**
 * Builds one-minute candles from updates of one asset, in the order of the log. Those with a sequence not above the
 * newest before them were counted already and change nothing. Only live quotes make candles: a stale or dead feed
 * leaves a hole.
 */
export function foldUpdates(updates: readonly PriceUpdate[], lastSequence: number): FoldedUpdates {
  const minutes = new Map<number, Candle>();
  let newest = lastSequence;
  let repeated = 0;
  for (const update of updates) {
    if (update.sequence <= newest) {
      repeated += 1;
      continue;
    }
    newest = update.sequence;
    if (update.status !== 'live') continue;
    const openTime = candleOpenTime(update.timestamp, '1m');
    const spread = spreadOf(update);
    const candle = minutes.get(openTime);
    minutes.set(
      openTime,
      candle === undefined ? openCandle(openTime, update.price, spread) : extendCandle(candle, update.price, spread),
    );
  }
  return { minutes: [...minutes.values()], lastSequence: newest, repeated };
}

function spreadOf({ bid, ask }: PriceUpdate): number {
  return quoteSpread(bid, ask) ?? Number(ask) - Number(bid);
}
