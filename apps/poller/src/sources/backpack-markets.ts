import { z } from 'zod';

const MarketsSchema = z.array(z.object({ symbol: z.string() }));
const TIMEOUT_MS = 5_000;

/**
 * The symbols Backpack trades.
 *
 * @throws when its REST API is away or answers something else; the feed works without.
 */
export async function fetchBackpackSymbols(restUrl: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const response = await fetch(new URL('/api/v1/markets', restUrl), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  return new Set(MarketsSchema.parse(await response.json()).map((market) => market.symbol));
}
