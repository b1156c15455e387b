'use client';

import { useSyncExternalStore } from 'react';
import { choosePalette, type Palette, readPalette } from './palette.ts';

const listeners = new Set<() => void>();

/** The palette that is on, and how to choose another. */
export function usePalette(): [Palette, (palette: Palette) => void] {
  const palette = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readPalette,
    () => 'green-red' as const,
  );
  return [palette, choose];
}

function choose(palette: Palette): void {
  choosePalette(palette);
  for (const listener of listeners) listener();
}
