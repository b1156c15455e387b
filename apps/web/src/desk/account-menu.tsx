'use client';

import type { User } from '@repo/schemas';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '@repo/ui';
import { Keyboard, LogOut } from 'lucide-react';
import { useTheme } from 'next-themes';
import { paletteChoices, themeChoices } from '../shell/appearance-choices.tsx';
import { usePalette } from '../shell/use-palette.ts';
import { useDesk } from './desk-store.ts';

export interface AccountMenuProps {
  readonly user: User;
  readonly onSignOut: () => void;
}

/** Who is signed in, the theme, the way out. */
export function AccountMenu({ user, onSignOut }: AccountMenuProps) {
  const { theme = 'system', setTheme } = useTheme();
  const [palette, choosePalette] = usePalette();
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex h-9 items-center gap-2 rounded-lg px-2 text-sm text-muted hover:bg-raised hover:text-ink data-[state=open]:bg-raised data-[state=open]:text-ink"
        >
          <Initial email={user.email} />
          <span className="max-w-56 truncate">
            <span className="sr-only">Account of </span>
            {user.email}
          </span>
        </button>
      }
    >
      <MenuChoice label="Theme" value={theme} options={themeChoices} onChange={setTheme} />
      <MenuChoice label="Up and down" value={palette} options={paletteChoices} onChange={choosePalette} />
      <MenuSeparator />
      <MenuItem icon={<Keyboard aria-hidden="true" />} onSelect={() => useDesk.setState({ shortcutsShown: true })}>
        Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<LogOut aria-hidden="true" />} onSelect={onSignOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

export function Initial({ email }: { readonly email: string }) {
  return (
    <span
      aria-hidden="true"
      className="flex size-6 items-center justify-center rounded-full bg-accent-tint text-xs font-semibold text-accent uppercase"
    >
      {email.charAt(0)}
    </span>
  );
}
