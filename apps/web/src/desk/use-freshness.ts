'use client';

import { useEffect, useState } from 'react';
import { usePrices } from '../prices/prices-provider.tsx';
import type { Instrument } from './use-instruments.ts';

export type Freshness = 'live' | 'stale' | 'down' | 'offline';

/** How far an asset's price can be trusted: the server's word for it, or `offline` while the server is not heard. */
export function useFreshness(asset: string): Freshness {
  return usePrices(({ quotes, stream }) => {
    const status = quotes[asset]?.status ?? 'down';
    return stream === 'reconnecting' || stream === 'closed' ? 'offline' : status;
  });
}

/**
 * Seconds since the last quote of an asset that is not live. For one that was quiet before this page opened: at least
 * as long as its status says, counted from then.
 */
export function useQuoteAge(instrument: Instrument, freshness: Freshness): number | undefined {
  const quotedAtMs = usePrices(({ quotes }) => quotes[instrument.asset]?.quotedAtMs);
  const [openedAtMs] = useState(() => performance.now());
  const [nowMs, setNowMs] = useState<number>();
  useEffect(() => {
    if (freshness === 'live') return setNowMs(undefined);
    const tick = () => setNowMs(performance.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [freshness]);
  if (nowMs === undefined) return undefined;
  const atLeastMs = freshness === 'down' ? instrument.downAfterMs : freshness === 'stale' ? instrument.staleAfterMs : 0;
  return Math.max(0, Math.floor((nowMs - (quotedAtMs ?? openedAtMs - atLeastMs)) / 1000));
}

/** An age in its largest unit: `42 s`, `7 min`, `3 h`. */
export function formatAge(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
