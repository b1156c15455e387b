'use client';

import { useEffect, useState } from 'react';
import { usePrices } from '../prices/prices-provider.tsx';
import type { Instrument } from './use-instruments.ts';

export type Freshness = 'loading' | 'live' | 'stale' | 'down' | 'offline';

/**
 * How far an asset's price can be trusted: the server's word for it, `offline` while the server is not heard, `loading`
 * before it was heard at all.
 */
export function useFreshness(asset: string): Freshness {
  return usePrices(({ quotes, loaded, stream }) => {
    if (stream === 'reconnecting' || stream === 'closed') return 'offline';
    return quotes[asset]?.status ?? (loaded ? 'down' : 'loading');
  });
}

/**
 * Seconds since the last quote of an asset that is not live; `undefined` for one that has none. For one that was quiet
 * before this page opened: at least as long as its status says, counted from then.
 */
export function useQuoteAge(instrument: Instrument, freshness: Freshness): number | undefined {
  const { asset, staleAfterMs, downAfterMs } = instrument;
  const quoted = usePrices(({ quotes }) => asset in quotes);
  const quotedAtMs = usePrices(({ quotes }) => quotes[asset]?.quotedAtMs);
  const [openedAtMs] = useState(() => performance.now());
  const [nowMs, setNowMs] = useState<number>();
  const ageing = quoted && freshness !== 'live';
  useEffect(() => {
    if (!ageing) return setNowMs(undefined);
    const tick = () => setNowMs(performance.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [ageing]);
  if (nowMs === undefined) return undefined;
  const atLeastMs = freshness === 'down' ? downAfterMs : freshness === 'stale' ? staleAfterMs : 0;
  return Math.max(0, Math.floor((nowMs - (quotedAtMs ?? openedAtMs - atLeastMs)) / 1000));
}

/** An age in its largest unit: `42 s`, `7 min`, `3 h`. */
export function formatAge(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
