import { floorDivide, larger } from '@repo/testing/exact';
import { marginOf, tickValueOf } from './units.ts';

export interface Held {
  readonly asset: string;
  /** `long` or `short`. */
  readonly side: string;
  readonly quantity: bigint;
  /** Σ price × quantity. */
  readonly cost: bigint;
}

export interface Prices {
  readonly bid: bigint;
  readonly ask: bigint;
}

export interface Figures {
  readonly balance: bigint;
  readonly unrealizedPnl: bigint;
  readonly equity: bigint;
  readonly usedMargin: bigint;
  readonly freeMargin: bigint;
  /** Percent × 100, rounded down; null without used margin. */
  readonly marginLevel: bigint | null;
}

/** Of positions of one account, at the open prices: per instrument that of the larger side. */
export function usedMarginOf(profile: string, positions: Iterable<Held>): bigint {
  const sides = new Map<string, { long: bigint; short: bigint }>();
  for (const { asset, side, cost } of positions) {
    const sums = sides.get(asset) ?? { long: 0n, short: 0n };
    sums[side === 'long' ? 'long' : 'short'] += cost * tickValueOf(asset);
    sides.set(asset, sums);
  }
  let margin = 0n;
  for (const { long, short } of sides.values()) margin += marginOf(profile, larger(long, short));
  return margin;
}

/** What closing would gain. */
export function pnlOf({ asset, side, quantity, cost }: Held, { bid, ask }: Prices): bigint {
  return (side === 'long' ? bid * quantity - cost : cost - ask * quantity) * tickValueOf(asset);
}

/** @param priceOf of each asset that is held; undefined: no price, worth what it cost. */
export function figuresOf(
  account: { readonly profile: string; readonly balance: bigint },
  positions: readonly Held[],
  priceOf: (asset: string) => Prices | undefined,
): Figures {
  let unrealizedPnl = 0n;
  for (const position of positions) {
    const price = priceOf(position.asset);
    if (price !== undefined) unrealizedPnl += pnlOf(position, price);
  }
  const equity = account.balance + unrealizedPnl;
  const usedMargin = usedMarginOf(account.profile, positions);
  const marginLevel = usedMargin === 0n ? null : floorDivide(equity * 10_000n, usedMargin);
  return { balance: account.balance, unrealizedPnl, equity, usedMargin, freeMargin: equity - usedMargin, marginLevel };
}
