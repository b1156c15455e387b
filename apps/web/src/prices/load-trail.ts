import type { ApiClient } from '@repo/client';
import type { SparklinePoint } from '@repo/ui';
import { TRAIL_MS } from './price-store.ts';

const MINUTE_MS = 60_000;
/** Seconds at the end, so that a fresh installation has a line too. */
const SECONDS = 120;

/** The last minutes of an asset from its candles, oldest first. */
export async function loadTrail(api: ApiClient, asset: string, signal: AbortSignal): Promise<SparklinePoint[]> {
  const [minutes, seconds] = await Promise.all([
    api.candles({ asset, interval: '1m', limit: TRAIL_MS / MINUTE_MS }, { signal }),
    api.candles({ asset, interval: '1s', limit: SECONDS }, { signal }),
  ]);
  const finerFrom = seconds.items[0]?.openTime ?? Infinity;
  const coarse = minutes.items.map(toPoint);
  const fine = seconds.items.map(toPoint);
  return [...coarse.filter(({ at }) => at < finerFrom), ...fine];
}

// The open is the price at that very moment; the close of a candle in progress would lie ahead.
function toPoint({ openTime, open }: { readonly openTime: number; readonly open: number }): SparklinePoint {
  return { at: openTime, value: open };
}
