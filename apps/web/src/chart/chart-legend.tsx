'use client';

import { cx, formatPrice } from '@repo/ui';
import { useStore } from 'zustand';
import type { ChartStore } from './chart-store.ts';

export interface ChartLegendProps {
  readonly store: ChartStore;
  readonly decimals: number;
  readonly locale: string;
}

const FIGURES = [
  { label: 'O', name: 'Open', key: 'open' },
  { label: 'H', name: 'High', key: 'high' },
  { label: 'L', name: 'Low', key: 'low' },
  { label: 'C', name: 'Close', key: 'close' },
] as const;

/** Open, high, low and close of the candle under the crosshair, or of the last one. */
export function ChartLegend({ store, decimals, locale }: ChartLegendProps) {
  const candle = useStore(store, ({ candles, crosshair }) =>
    crosshair === undefined ? candles.at(-1) : candles.find(({ openTime }) => openTime === crosshair),
  );
  if (candle === undefined) return null;
  return (
    <div className="pointer-events-none absolute top-2 left-4 z-10 flex flex-wrap gap-x-3 text-xs tabular-nums">
      {FIGURES.map(({ label, name, key }) => (
        <span key={key} className="flex gap-1">
          <abbr title={name} className="text-faint no-underline">
            {label}
          </abbr>
          <span className={cx(candle.close >= candle.open ? 'text-up' : 'text-down')}>
            {formatPrice(candle[key], locale, decimals)}
          </span>
        </span>
      ))}
    </div>
  );
}
