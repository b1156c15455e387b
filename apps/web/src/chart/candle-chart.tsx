'use client';

import type { CandleInterval } from '@repo/trading-core';
import { Button, Notice } from '@repo/ui';
import { CandlestickChart, CloudOff } from 'lucide-react';
import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { priceConnection } from '../prices/price-connection.ts';
import { browserApi } from '../settings/browser-api.ts';
import { CandleFeed } from './candle-feed.ts';
import { ChartLegend } from './chart-legend.tsx';
import { ChartSkeleton } from './chart-skeleton.tsx';
import { type ChartStore, createChartStore } from './chart-store.ts';
import { ChartSummary } from './chart-summary.tsx';
import { PriceChart } from './price-chart.ts';

export interface ChartHandle {
  pan(direction: -1 | 1): void;
  zoom(direction: -1 | 1): void;
}

export interface CandleChartProps {
  readonly asset: string;
  readonly symbol: string;
  readonly interval: CandleInterval;
  /** Digits after the point of a price. */
  readonly decimals: number;
  readonly locale: string;
  readonly handle: RefObject<ChartHandle | null>;
}

/** Candles of one asset and interval. Give it a `key` of both: another series is another chart. */
export function CandleChart({ asset, symbol, interval, decimals, locale, handle }: CandleChartProps) {
  const [store] = useState(createChartStore);
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart>(null);
  const feed = useRef<CandleFeed>(null);

  useEffect(() => {
    if (container.current === null) return;
    const drawn = new PriceChart({
      container: container.current,
      locale,
      interval,
      decimals,
      onCrosshair: (crosshair) => store.setState({ crosshair }),
      onLeftEdge: () => void feed.current?.loadOlder(),
    });
    const candles = new CandleFeed({
      api: browserApi(),
      stream: priceConnection().stream,
      asset,
      interval,
      onSeries: (series) => {
        store.setState({ candles: series });
        drawn.setSeries(series);
      },
      onLast: (candle, before) => {
        store.setState(({ candles: shown }) => ({
          candles: before === undefined && shown.length > 0 ? [...shown.slice(0, -1), candle] : [...shown, candle],
        }));
        drawn.setLast(candle, before);
      },
      onState: (state) => store.setState({ state }),
    });
    chart.current = drawn;
    feed.current = candles;
    return () => {
      candles.close();
      drawn.close();
    };
  }, [store, asset, interval, decimals, locale]);

  useImperativeHandle(handle, () => ({
    pan: (direction) => chart.current?.pan(direction),
    zoom: (direction) => chart.current?.zoom(direction),
  }));

  return (
    <div className="relative min-h-0 flex-1">
      <ChartLegend store={store} decimals={decimals} locale={locale} />
      <div
        ref={container}
        role="img"
        aria-label={`Candlestick chart of ${symbol}, ${interval}`}
        // A stacking context of its own: the canvases inside have z-indexes.
        className="absolute inset-0 isolate"
      />
      <ChartSummary store={store} symbol={symbol} interval={interval} decimals={decimals} locale={locale} />
      <Overlay store={store} onRetry={() => feed.current?.load()} />
    </div>
  );
}

function Overlay({ store, onRetry }: { readonly store: ChartStore; readonly onRetry: () => void }) {
  const state = useStore(store, (chart) => chart.state);
  const empty = useStore(store, ({ candles }) => candles.length === 0);
  if (state === 'loading') return <ChartSkeleton />;
  if (state === 'error') {
    return (
      <Notice
        icon={CloudOff}
        tone="down"
        className="absolute inset-0 bg-surface"
        title="The chart could not be loaded"
        action={
          <Button variant="secondary" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        The server does not answer. Prices go on as soon as it does.
      </Notice>
    );
  }
  if (!empty) return null;
  return (
    <Notice icon={CandlestickChart} className="absolute inset-0 bg-surface" title="No candles yet">
      The first one appears with the first quote.
    </Notice>
  );
}
