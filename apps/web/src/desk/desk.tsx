'use client';

import type { PriceWithStart, User } from '@repo/schemas';
import { Skeleton } from '@repo/ui';
import { useEffect, useRef, useState } from 'react';
import type { ChartHandle } from '../chart/candle-chart.tsx';
import { priceConnection } from '../prices/price-connection.ts';
import { PricesProvider } from '../prices/prices-provider.tsx';
import { useSession } from '../session/use-session.ts';
import { Wordmark } from '../shell/wordmark.tsx';
import { AccountMenu } from './account-menu.tsx';
import { AccountPanel } from './account-panel.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { useDesk } from './desk-store.ts';
import { OfflineNote } from './offline-note.tsx';
import { QuotePanel } from './quote-panel.tsx';
import { ShortcutsSheet } from './shortcuts-sheet.tsx';
import { StatusLine } from './status-line.tsx';
import { TabBar } from './tab-bar.tsx';
import { useDeskKeys } from './use-desk-keys.ts';
import { type Instrument, useInstruments } from './use-instruments.ts';
import { Watchlist } from './watchlist.tsx';

export interface DeskProps {
  /** Known already when the page was made; otherwise the browser finds out. */
  readonly user: User | undefined;
  readonly prices: readonly PriceWithStart[];
  readonly instruments: readonly Instrument[];
}

const select = (asset: string) => useDesk.setState({ asset, tab: 'chart' });

/** The signed-in screen: markets, the chart of one of them, the state of everything. */
export function Desk({ user: initialUser, prices, instruments: initialInstruments }: DeskProps) {
  const session = useSession(initialUser);
  const instruments = useInstruments(initialInstruments);
  const chosen = useDesk(({ asset }) => asset);
  const tab = useDesk(({ tab }) => tab);
  const chart = useRef<ChartHandle>(null);
  const [signOutFailed, setSignOutFailed] = useState(false);

  const list = instruments.data;
  const selected =
    list?.find(({ asset }) => asset === chosen) ??
    // Until one is chosen, one that has a price.
    list?.find((instrument) => prices.some(({ asset }) => asset === instrument.asset)) ??
    list?.[0];
  useDeskKeys({
    assets: list?.map(({ asset }) => asset) ?? [],
    onPan: (direction) => chart.current?.pan(direction),
    onZoom: (direction) => chart.current?.zoom(direction),
  });

  useEffect(() => void useDesk.persist.rehydrate(), []);

  const { check } = session;
  useEffect(() => priceConnection().stream.on('sessionEnded', check), [check]);

  const signOut = () => {
    setSignOutFailed(false);
    session.signOut().catch(() => setSignOutFailed(true));
  };

  return (
    <PricesProvider initial={prices}>
      <div className="flex h-dvh flex-col overflow-hidden text-sm">
        <header className="flex h-12 shrink-0 items-center justify-between border-b border-line bg-surface px-4">
          <Wordmark />
          <div className="max-lg:hidden">
            {session.user === undefined ? (
              <Skeleton className="h-6 w-48" />
            ) : (
              <AccountMenu user={session.user} onSignOut={signOut} />
            )}
          </div>
        </header>
        <main className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] lg:grid-cols-[560px_minmax(0,1fr)]">
          <h1 className="sr-only">Dashboard</h1>
          <section
            aria-label="Markets"
            data-shown={tab === 'markets'}
            className="min-h-0 overflow-y-auto border-line bg-surface data-[shown=false]:max-lg:hidden lg:border-r"
          >
            <Watchlist
              instruments={list}
              failed={instruments.isError}
              onRetry={() => void instruments.refetch()}
              selected={selected?.asset}
              onSelect={select}
            />
            <div className="max-lg:hidden">{selected && <QuotePanel instrument={selected} />}</div>
          </section>
          <section
            aria-label="Chart"
            data-shown={tab === 'chart'}
            className="flex min-h-0 flex-col bg-surface data-[shown=false]:max-lg:hidden"
          >
            {selected && <ChartPanel instrument={selected} handle={chart} />}
          </section>
          <section
            aria-label="Account"
            data-shown={tab === 'account'}
            className="min-h-0 overflow-y-auto data-[shown=false]:hidden lg:hidden"
          >
            {session.user && <AccountPanel user={session.user} onSignOut={signOut} />}
          </section>
        </main>
        <OfflineNote signOutFailed={signOutFailed} />
        <StatusLine />
        <TabBar />
      </div>
      <ShortcutsSheet />
    </PricesProvider>
  );
}
