import { type Asset, assets, type Market } from './market.ts';
import type { Trouble } from './trading-run.ts';

const everywhere = (act: (asset: Asset) => void) => async () => {
  for (const asset of assets) act(asset);
};

/** What a feed may do: none of it may make a fill at a price that is none. */
export function feedTroubles(market: Market): readonly Trouble[] {
  return [
    { name: 'feed: NaN, zero, negative, garbage', inflict: everywhere((asset) => market.garbage(asset)) },
    { name: 'feed: a spike', inflict: everywhere((asset) => market.spike(asset)) },
    { name: 'feed: duplicates, and numbers that go back', inflict: everywhere((asset) => market.repeat(asset)) },
    { name: 'feed: frozen', lastsMs: 1_000, inflict: () => mood(market, 'frozen') },
    { name: 'feed: connections reset', inflict: async () => market.drop() },
  ];
}

/** Longer than any instrument's prices stay live. */
export function silentFeed(market: Market, lastsMs: number): Trouble {
  return { name: `feed: silent for ${lastsMs / 1_000} s`, lastsMs, inflict: () => mood(market, 'silent') };
}

async function mood(market: Market, during: Market['mood']): Promise<() => Promise<void>> {
  market.mood = during;
  return async () => {
    market.mood = 'walking';
  };
}
