'use client';

import type { User } from '@repo/schemas';
import { Button, SegmentedControl } from '@repo/ui';
import { LogOut } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useSettings } from '../settings/settings-provider.tsx';
import { paletteChoices, themeChoices } from '../shell/appearance-choices.tsx';
import { usePalette } from '../shell/use-palette.ts';
import { Initial } from './account-menu.tsx';

export interface AccountPanelProps {
  readonly user: User;
  readonly onSignOut: () => void;
}

/** The account on a phone, where there is no room for a menu. */
export function AccountPanel({ user, onSignOut }: AccountPanelProps) {
  const { theme = 'system', setTheme } = useTheme();
  const [palette, choosePalette] = usePalette();
  const { locale } = useSettings();
  const since = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(user.createdAt);
  return (
    <div className="p-4">
      <div className="flex items-center gap-3 rounded-2xl border border-line bg-surface p-4">
        <Initial email={user.email} />
        <div className="min-w-0">
          <p className="truncate text-sm font-medium">{user.email}</p>
          <p className="text-xs text-muted">Member since {since}</p>
        </div>
      </div>
      <h2 className="mt-6 mb-2 text-sm font-medium">Theme</h2>
      <SegmentedControl label="Theme" value={theme} options={themeChoices} onChange={setTheme} fill />
      <h2 className="mt-6 mb-2 text-sm font-medium">Up and down</h2>
      <SegmentedControl label="Up and down" value={palette} options={paletteChoices} onChange={choosePalette} fill />
      <Button variant="secondary" className="mt-8 w-full" onClick={onSignOut}>
        <LogOut aria-hidden="true" className="size-4" />
        Sign out
      </Button>
    </div>
  );
}
