'use client';

import { cx } from '@repo/ui';
import { CandlestickChart, List, UserRound } from 'lucide-react';
import { type DeskTab, useDesk } from './desk-store.ts';

const TABS = [
  { tab: 'markets', label: 'Markets', icon: List },
  { tab: 'chart', label: 'Chart', icon: CandlestickChart },
  { tab: 'account', label: 'Account', icon: UserRound },
] as const satisfies readonly { tab: DeskTab; label: string; icon: unknown }[];

/** The parts of the desk on a phone, at the thumb. */
export function TabBar() {
  const current = useDesk(({ tab }) => tab);
  return (
    <nav
      aria-label="Desk"
      className="grid grid-cols-3 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {TABS.map(({ tab, label, icon: Icon }) => (
        <button
          key={tab}
          type="button"
          aria-current={tab === current ? 'page' : undefined}
          onClick={() => useDesk.setState({ tab })}
          className={cx(
            'flex h-14 flex-col items-center justify-center gap-0.5 text-2xs font-medium focus-visible:-outline-offset-2',
            tab === current ? 'text-accent' : 'text-muted',
          )}
        >
          <Icon aria-hidden="true" className="size-5" />
          {label}
        </button>
      ))}
    </nav>
  );
}
