import type { PricesFrame, StreamStatus } from '@repo/client';
import type { Price, PriceSource, PriceWithStart } from '@repo/schemas';
import { countDecimals } from '@repo/trading-core';
import type { SparklinePoint } from '@repo/ui';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** One asset's price as this page knows it. */
export interface Quote extends PriceWithStart {
  /** Monotonic ms at which the last quote arrived; an asset that was quiet already before has none. */
  readonly quotedAtMs: number | undefined;
  /** Most digits after the point that its prices had so far: a source may be finer than the instrument's tick. */
  readonly decimals: number;
}

export interface PriceState {
  /** In the order of the server. */
  readonly assets: readonly string[];
  readonly quotes: Readonly<Record<string, Quote>>;
  /** Whether the server has said what it has; an asset without a quote then has none. */
  readonly loaded: boolean;
  /** The last minutes of each asset, oldest first. */
  readonly trails: Readonly<Record<string, readonly SparklinePoint[]>>;
  readonly stream: StreamStatus;
  /** Where the newest quote comes from. */
  readonly source: PriceSource | undefined;
  readonly latencyMs: number | undefined;
}

export type PriceStore = StoreApi<PriceState> & {
  /** Takes frames of the `prices` channel, oldest first. */
  take(frames: readonly PricesFrame[], nowMs: number): void;
  /** Puts older points before an asset's trail. */
  addHistory(asset: string, points: readonly SparklinePoint[]): void;
};

/** How much of the past a sparkline shows, and how finely, ms. */
export const TRAIL_MS = 15 * 60_000;
export const TRAIL_STEP_MS = 2_000;
const CLOCKS_DISAGREE_MS = 30_000;

/** The prices of a page. What did not change keeps its identity, so that only cells that changed are drawn again. */
export function createPriceStore(initial: readonly PriceWithStart[]): PriceStore {
  const store = createStore<PriceState>(() => ({
    assets: initial.map(({ asset }) => asset),
    quotes: Object.fromEntries(initial.map((price) => [price.asset, toQuote(price, undefined, undefined)])),
    loaded: initial.length > 0,
    trails: {},
    stream: 'connecting',
    source: initial[0]?.source,
    latencyMs: undefined,
  }));

  return Object.assign(store, {
    take: (frames: readonly PricesFrame[], nowMs: number) =>
      store.setState((state) => takeFrames(state, frames, nowMs)),
    addHistory: (asset: string, points: readonly SparklinePoint[]) =>
      store.setState(({ trails }) => {
        const live = trails[asset] ?? [];
        const before = live[0]?.at ?? Infinity;
        return { trails: { ...trails, [asset]: [...points.filter(({ at }) => at < before), ...live] } };
      }),
  });
}

function takeFrames(state: PriceState, frames: readonly PricesFrame[], nowMs: number): Partial<PriceState> {
  const quotes = { ...state.quotes };
  const trails = { ...state.trails };
  let assets = state.assets;
  let source = state.source;
  for (const frame of frames) {
    if (frame.type === 'snapshot')
      assets = sameOrder(
        assets,
        frame.data.map(({ asset }) => asset),
      );
    for (const price of frame.data) {
      const known = quotes[price.asset];
      if (known === undefined && !assets.includes(price.asset)) assets = [...assets, price.asset];
      quotes[price.asset] = toQuote(price, known, nowMs);
      trails[price.asset] = extendTrail(trails[price.asset] ?? [], price);
      source = price.source;
    }
  }
  return { assets, quotes, trails, source, loaded: true };
}

function toQuote(price: Price | PriceWithStart, known: Quote | undefined, nowMs: number | undefined): Quote {
  return {
    ...price,
    startPrice: 'startPrice' in price ? price.startPrice : (known?.startPrice ?? price.price),
    quotedAtMs: price.status === 'live' ? nowMs : known?.quotedAtMs,
    decimals: Math.max(known?.decimals ?? 0, countDecimals(price.bid), countDecimals(price.ask)),
  };
}

function extendTrail(trail: readonly SparklinePoint[], price: Price): readonly SparklinePoint[] {
  const last = trail.at(-1);
  const point = { at: price.timestamp, value: price.price };
  if (last === undefined) return [point];
  // A replay that starts over goes back in time; two clocks that disagree a little do not.
  if (point.at < last.at - CLOCKS_DISAGREE_MS) return [point];
  if (price.status !== 'live' || point.at - last.at < TRAIL_STEP_MS) return trail;
  return [...trail.filter(({ at }) => at >= point.at - TRAIL_MS), point];
}

function sameOrder(before: readonly string[], now: readonly string[]): readonly string[] {
  return before.length === now.length && before.every((asset, place) => asset === now[place]) ? before : now;
}
