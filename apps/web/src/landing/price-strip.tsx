'use client';

import { FeedBadge } from '../desk/feed-badge.tsx';
import { FreshnessNote } from '../desk/freshness-note.tsx';
import { ChangeCell, MidCell, TrendCell } from '../desk/quote-cells.tsx';
import { symbolName } from '../desk/symbol-name.ts';
import { useInstruments } from '../desk/use-instruments.ts';
import type { Markets } from '../prices/load-markets.ts';
import { PricesProvider } from '../prices/prices-provider.tsx';

/** Every market, live, for whoever comes by. */
export function PriceStrip({ prices, instruments: initial }: Markets) {
  const { data: instruments } = useInstruments(initial);
  return (
    <PricesProvider initial={prices}>
      <div className="mb-3 flex h-5 items-center justify-between">
        <h2 className="text-sm font-medium text-muted">Right now</h2>
        <FeedBadge />
      </div>
      <ul className="grid min-h-32 grid-cols-2 gap-px overflow-hidden rounded-2xl border border-line bg-line shadow-panel sm:grid-cols-3 lg:grid-cols-5">
        {instruments?.map((instrument) => (
          <li key={instrument.asset} className="bg-surface p-4 last:max-lg:col-span-full sm:last:max-lg:col-span-2">
            <div className="flex items-start justify-between gap-3">
              <span>
                <span className="block text-sm font-semibold">{symbolName(instrument.asset)}</span>
                <FreshnessNote instrument={instrument} />
              </span>
              <span className="w-16">
                <TrendCell instrument={instrument} />
              </span>
            </div>
            <div className="mt-3 -ml-1">
              <MidCell instrument={instrument} />
            </div>
            <div className="text-xs">
              <ChangeCell instrument={instrument} />
            </div>
          </li>
        ))}
      </ul>
    </PricesProvider>
  );
}
