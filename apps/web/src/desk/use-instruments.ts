'use client';

import type { ApiClient } from '@repo/client';
import { useQuery } from '@tanstack/react-query';
import { browserApi } from '../settings/browser-api.ts';

export type Instrument = Awaited<ReturnType<ApiClient['instruments']>>['items'][number];

/** What can be watched; from the server's page when it had it, else asked for until it comes. */
export function useInstruments(initial: readonly Instrument[]) {
  return useQuery({
    queryKey: ['instruments'],
    queryFn: async ({ signal }): Promise<readonly Instrument[]> => (await browserApi().instruments({ signal })).items,
    ...(initial.length === 0 ? {} : { initialData: initial }),
    staleTime: Infinity,
    retry: 2,
    refetchInterval: ({ state }) => (state.status === 'error' ? 5_000 : false),
  });
}
