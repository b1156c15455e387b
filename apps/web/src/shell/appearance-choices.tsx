import { Eclipse, Monitor, Moon, Palette as PaletteIcon, Sun } from 'lucide-react';
import type { Palette } from './palette.ts';

export const themeChoices = [
  { value: 'light', label: 'Light', icon: <Sun aria-hidden="true" /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden="true" /> },
  { value: 'system', label: 'As the system', icon: <Monitor aria-hidden="true" /> },
];

export const paletteChoices: readonly { value: Palette; label: string; icon: React.ReactNode }[] = [
  { value: 'green-red', label: 'Green and red', icon: <PaletteIcon aria-hidden="true" /> },
  { value: 'blue-orange', label: 'Blue and orange', icon: <Eclipse aria-hidden="true" /> },
];
