'use client';

import type { PriceWithStart } from '@repo/schemas';
import { useQueries } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { browserApi } from '../settings/browser-api.ts';
import { connectPriceStore } from './connect-price-store.ts';
import { loadTrail } from './load-trail.ts';
import { priceConnection } from './price-connection.ts';
import { createPriceStore, type PriceState, type PriceStore } from './price-store.ts';

const Context = createContext<PriceStore | undefined>(undefined);

export interface PricesProviderProps {
  /** What the server knew when it made the page; may be empty. */
  readonly initial: readonly PriceWithStart[];
  readonly children: ReactNode;
}

/** Live prices for everything below. */
export function PricesProvider({ initial, children }: PricesProviderProps) {
  const [store] = useState(() => createPriceStore(initial));
  useEffect(() => connectPriceStore(store, priceConnection()), [store]);
  return (
    <Context value={store}>
      <Trails store={store} />
      {children}
    </Context>
  );
}

/** Loads the past of each sparkline. Without it a line starts now: no reason to show an error. */
function Trails({ store }: { readonly store: PriceStore }) {
  const assets = useStore(store, ({ assets }) => assets);
  const trails = useQueries({
    queries: assets.map((asset) => ({
      queryKey: ['trail', asset],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => loadTrail(browserApi(), asset, signal),
      staleTime: Infinity,
      gcTime: 0,
      retry: 3,
    })),
    combine: (results) => results.map(({ data }) => data),
  });
  useEffect(() => {
    for (const [place, points] of trails.entries()) {
      const asset = assets[place];
      if (asset !== undefined && points !== undefined) store.addHistory(asset, points);
    }
  }, [store, assets, trails]);
  return null;
}

/** A part of the prices; the component is drawn again when that part changes, compared one level deep. */
export function usePrices<T>(selector: (state: PriceState) => T): T {
  const store = useContext(Context);
  if (store === undefined) throw new Error('PricesProvider is missing');
  return useStore(store, useShallow(selector));
}
