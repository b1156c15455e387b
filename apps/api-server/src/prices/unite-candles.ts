import type { Candle } from '@repo/trading-core';

/**
 * Two views of one candle: `stored` saw it from its beginning but may lag, `live` may have begun later but is up to
 * date. Uniting twice changes nothing.
 */
export function uniteCandles(stored: Candle, live: Candle): Candle {
  if (live.ticks === 0) return stored;
  if (stored.ticks === 0) return live;
  return {
    openTime: stored.openTime,
    open: stored.open,
    high: Math.max(stored.high, live.high),
    low: Math.min(stored.low, live.low),
    close: live.close,
    ticks: Math.max(stored.ticks, live.ticks),
    spread: Math.max(stored.spread, live.spread),
  };
}
