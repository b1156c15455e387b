'use client';

import type { CandleInterval } from '@repo/trading-core';
import { formatPrice } from '@repo/ui';
import { useStore } from 'zustand';
import type { ChartStore } from './chart-store.ts';
import { chartTime } from './chart-time.ts';

export interface ChartSummaryProps {
  readonly store: ChartStore;
  readonly symbol: string;
  readonly interval: CandleInterval;
  readonly decimals: number;
  readonly locale: string;
}

/** The chart in a sentence, for those who do not see it. Changes with each candle, not with each quote. */
export function ChartSummary({ store, symbol, interval, decimals, locale }: ChartSummaryProps) {
  const text = useStore(store, ({ candles }) => {
    // The candle in progress is left out: it moves.
    const done = candles.slice(0, -1);
    const first = done[0];
    const last = done.at(-1);
    if (first === undefined || last === undefined) return `No candles of ${symbol} yet.`;
    const price = (value: number) => formatPrice(value, locale, decimals);
    const { full } = chartTime(locale, interval);
    const low = done.reduce((lowest, candle) => Math.min(lowest, candle.low), Infinity);
    const high = done.reduce((highest, candle) => Math.max(highest, candle.high), 0);
    return (
      `${symbol}: ${done.length} candles of ${interval}, from ${full(first.openTime)} to ${full(last.openTime)}. ` +
      `From ${price(first.open)} to ${price(last.close)}, lowest ${price(low)}, highest ${price(high)}.`
    );
  });
  return <p className="sr-only">{text}</p>;
}
