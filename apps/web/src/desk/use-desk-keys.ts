'use client';

import { useTheme } from 'next-themes';
import { useEffect, useEffectEvent } from 'react';
import { intervals, useDesk } from './desk-store.ts';

export interface DeskKeys {
  readonly assets: readonly string[];
  readonly onPan: (direction: -1 | 1) => void;
  readonly onZoom: (direction: -1 | 1) => void;
}

/** The desk's keyboard shortcuts; they leave keys alone that something focused has a use for. */
export function useDeskKeys({ assets, onPan, onZoom }: DeskKeys): void {
  const { resolvedTheme, setTheme } = useTheme();

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (hasUseFor(event.target, event.key)) return;
    if (act(event.key)) event.preventDefault();
  });

  function act(key: string): boolean {
    const interval = /^[1-9]$/.test(key) ? intervals[Number(key) - 1] : undefined;
    if (interval !== undefined) useDesk.setState({ interval });
    else if (key === 'ArrowDown' || key === 'j' || key === 'J') moveSelection(assets, 1);
    else if (key === 'ArrowUp' || key === 'k' || key === 'K') moveSelection(assets, -1);
    else if (key === 'ArrowLeft') onPan(-1);
    else if (key === 'ArrowRight') onPan(1);
    else if (key === '+' || key === '=') onZoom(1);
    else if (key === '-') onZoom(-1);
    else if (key === 't' || key === 'T') setTheme(resolvedTheme === 'dark' ? 'light' : 'dark');
    else if (key === '?') useDesk.setState({ shortcutsShown: true });
    else return false;
    return true;
  }

  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function hasUseFor(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches('[type=radio]')) return key.startsWith('Arrow');
  return target.closest('input, textarea, select, dialog, [role=menu]') !== null;
}

function moveSelection(assets: readonly string[], by: -1 | 1): void {
  const { asset } = useDesk.getState();
  const place = Math.max(0, asset === undefined ? 0 : assets.indexOf(asset)) + by;
  const next = assets[Math.min(assets.length - 1, Math.max(0, place))];
  if (next !== undefined) useDesk.setState({ asset: next });
}
