import { AssetSchema, CandleIntervalSchema } from '@repo/schemas';
import { type CandleInterval, candleIntervalMs } from '@repo/trading-core';
import { z } from 'zod';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

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

const KeptSchema = z.object({ asset: AssetSchema.optional(), interval: CandleIntervalSchema });

/** What is chosen on the desk. Asset and interval are kept for the next visit; call `persist.rehydrate` to read them. */
export const useDesk = create<DeskState>()(
  persist<DeskState, [], [], Pick<DeskState, 'asset' | 'interval'>>(
    () => ({ asset: undefined, interval: '1s', tab: 'markets', shortcutsShown: false }),
    {
      name: 'desk',
      version: 1,
      partialize: ({ asset, interval }) => ({ asset, interval }),
      // The browser's storage is anybody's to write.
      merge: (kept, current) => ({ ...current, ...KeptSchema.safeParse(kept).data }),
      // The server draws without it; reading it while React takes over would not match.
      skipHydration: true,
    },
  ),
);
