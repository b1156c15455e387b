import { type CandleInterval, candleIntervalMs } from '@repo/trading-core';
import { create } from 'zustand';

export const intervals = Object.keys(candleIntervalMs) as readonly CandleInterval[];

export type DeskTab = 'markets' | 'chart' | 'account';

export interface DeskState {
  /** The asset on the chart; the first one until one is chosen. */
  readonly asset: string | undefined;
  readonly interval: CandleInterval;
  /** What a phone shows. */
  readonly tab: DeskTab;
  readonly shortcutsShown: boolean;
}

/** What is chosen on the desk. */
export const useDesk = create<DeskState>(() => ({
  asset: undefined,
  interval: '1m',
  tab: 'markets',
  shortcutsShown: false,
}));
