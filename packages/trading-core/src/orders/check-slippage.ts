import type { Ticks } from '../numbers/units.ts';
import { type Refused, refuse } from '../refusal.ts';

/** The price that a client saw, and how far a fill may be from it. */
export interface SlippageBound {
  readonly seenPrice?: Ticks | null;
  readonly slippageMax?: Ticks | null;
}

/** Both or neither, whole numbers, the bound not below zero. */
export function isSlippageBound({ seenPrice, slippageMax }: SlippageBound): boolean {
  if (isNone(seenPrice) || isNone(slippageMax)) return isNone(seenPrice) && isNone(slippageMax);
  return Number.isSafeInteger(seenPrice) && Number.isSafeInteger(slippageMax) && slippageMax >= 0;
}

/** Symmetric: a price that is better by more than the bound is refused too, as it is not the market the client saw. */
export function checkSlippage({ seenPrice, slippageMax }: SlippageBound, price: Ticks): Refused | undefined {
  if (isNone(seenPrice) || isNone(slippageMax)) return undefined;
  if (Math.abs(price - seenPrice) <= slippageMax) return undefined;
  return refuse('slippage-exceeded', { seenPrice, price, slippageMax });
}

function isNone(ticks: Ticks | null | undefined): ticks is null | undefined {
  return ticks === null || ticks === undefined;
}
