import type { ApiClient } from '@repo/client';
import { serverApi } from '../settings/server-api.ts';

export interface Markets {
  readonly prices: Awaited<ReturnType<ApiClient['prices']>>['prices'];
  readonly instruments: Awaited<ReturnType<ApiClient['instruments']>>['items'];
}

/** Prices and instruments for the first paint. What cannot be had is left empty: the browser asks for it itself. */
export async function loadMarkets(): Promise<Markets> {
  const api = serverApi();
  const [prices, instruments] = await Promise.allSettled([api.prices(), api.instruments()]);
  return {
    prices: prices.status === 'fulfilled' ? prices.value.prices : [],
    instruments: instruments.status === 'fulfilled' ? instruments.value.items : [],
  };
}
