'use client';

import { SegmentedControl } from '@repo/ui';
import dynamic from 'next/dynamic';
import type { RefObject } from 'react';
import type { ChartHandle } from '../chart/candle-chart.tsx';
import { ChartSkeleton } from '../chart/chart-skeleton.tsx';
import { useSettings } from '../settings/settings-provider.tsx';
import { intervals, useDesk } from './desk-store.ts';
import { FreshnessNote } from './freshness-note.tsx';
import { ChangeCell, MidCell } from './quote-cells.tsx';
import { symbolName } from './symbol-name.ts';
import type { Instrument } from './use-instruments.ts';

// The chart's library is as big as the rest of the page: prices come first.
const CandleChart = dynamic(() => import('../chart/candle-chart.tsx').then((chart) => chart.CandleChart), {
  ssr: false,
  loading: () => (
    <div className="relative min-h-0 flex-1">
      <ChartSkeleton />
    </div>
  ),
});

const INTERVAL_NAMES: Record<(typeof intervals)[number], string> = {
  '1s': '1 second',
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '30m': '30 minutes',
  '1h': '1 hour',
  '4h': '4 hours',
  '1d': '1 day',
  '1w': '1 week',
};
const OPTIONS = intervals.map((value) => ({ value, label: value, title: INTERVAL_NAMES[value] }));

export interface ChartPanelProps {
  readonly instrument: Instrument;
  readonly handle: RefObject<ChartHandle | null>;
}

/** The chosen market: its price in a line, its candles below. */
export function ChartPanel({ instrument, handle }: ChartPanelProps) {
  const { locale } = useSettings();
  const interval = useDesk((desk) => desk.interval);
  const symbol = symbolName(instrument.asset);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b border-line px-4 py-2">
        <div className="min-w-28">
          <h2 className="text-base/5 font-semibold">{symbol}</h2>
          <FreshnessNote instrument={instrument} />
        </div>
        <div className="flex items-baseline gap-3">
          <MidCell instrument={instrument} />
          <span className="text-sm">
            <ChangeCell instrument={instrument} />
          </span>
        </div>
        <SegmentedControl
          label="Candle interval"
          options={OPTIONS}
          value={interval}
          onChange={(chosen) => useDesk.setState({ interval: chosen })}
          className="-mx-2 max-w-full overflow-x-auto scrollbar-none max-lg:w-[calc(100%+1rem)] lg:ml-auto"
        />
      </div>
      <CandleChart
        key={`${instrument.asset} ${interval}`}
        asset={instrument.asset}
        symbol={symbol}
        interval={interval}
        decimals={instrument.priceDecimals}
        locale={locale}
        handle={handle}
      />
      <p className="px-4 py-1 text-right text-2xs text-faint">
        Charts by{' '}
        <a
          href="https://www.tradingview.com/"
          target="_blank"
          rel="noreferrer"
          className="rounded underline underline-offset-2 hover:text-ink"
        >
          TradingView Lightweight Charts™
        </a>
      </p>
    </>
  );
}
