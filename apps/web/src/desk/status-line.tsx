'use client';

import { StatusDot, type StatusTone } from '@repo/ui';
import { Keyboard } from 'lucide-react';
import { usePrices } from '../prices/prices-provider.tsx';
import { useSettings } from '../settings/settings-provider.tsx';
import { useDesk } from './desk-store.ts';
import { FeedBadge } from './feed-badge.tsx';

const CONNECTION: Record<string, { readonly tone: StatusTone; readonly words: string }> = {
  connecting: { tone: 'idle', words: 'Connecting' },
  open: { tone: 'good', words: 'Connected' },
  reconnecting: { tone: 'bad', words: 'Offline, reconnecting' },
  closed: { tone: 'bad', words: 'Offline' },
};

/** The state of the connection and of the feeds, always on the screen. */
export function StatusLine() {
  const stream = usePrices(({ stream }) => stream);
  const latencyMs = usePrices(({ latencyMs }) => (latencyMs === undefined ? undefined : Math.round(latencyMs)));
  const quiet = usePrices(({ quotes }) => Object.values(quotes).filter(({ status }) => status !== 'live').length);
  const { profile } = useSettings();
  const connection = CONNECTION[stream];
  return (
    <footer className="flex h-8 shrink-0 items-center gap-3 border-t border-line bg-surface px-4 text-xs text-muted">
      <span role="status" className="flex items-center gap-1.5 whitespace-nowrap">
        <StatusDot tone={connection?.tone ?? 'idle'} />
        {connection?.words}
      </span>
      {latencyMs !== undefined && <span className="whitespace-nowrap tabular-nums">{Math.max(1, latencyMs)} ms</span>}
      <FeedBadge />
      {quiet > 0 && <span className="whitespace-nowrap max-sm:hidden">{quiet} without quotes</span>}
      <span className="ml-auto flex items-center gap-3 max-lg:hidden">
        <span>{profile === 'standalone' ? 'Standalone' : 'Distributed'}</span>
        <button
          type="button"
          onClick={() => useDesk.setState({ shortcutsShown: true })}
          className="flex items-center gap-1.5 rounded hover:text-ink"
        >
          <Keyboard aria-hidden="true" className="size-3.5" />
          Shortcuts
        </button>
      </span>
    </footer>
  );
}
