import type { Candle } from '@repo/trading-core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CandleFeedState } from './candle-feed.ts';

export interface ChartState {
  readonly state: CandleFeedState;
  readonly candles: readonly Candle[];
  /** Open time of the candle under the crosshair. */
  readonly crosshair: number | undefined;
}

export type ChartStore = StoreApi<ChartState>;

/** What the words around a chart show; the canvas is drawn apart from React. */
export function createChartStore(): ChartStore {
  return createStore<ChartState>(() => ({ state: 'loading', candles: [], crosshair: undefined }));
}
