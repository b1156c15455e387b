import type { RefusalCode } from '@repo/trading-core';

export function judgeQuantity(quantity: number, min: number, max: number): RefusalCode | undefined {
  if (!Number.isInteger(quantity)) return 'quantity-not-a-step';
  if (quantity < min) return 'quantity-below-minimum';
  return quantity > max ? 'quantity-above-maximum' : undefined;
}

interface SlippageBound {
  readonly seenPrice?: number | null;
  readonly slippageMax?: number | null;
}

/** Whether seen price and bound are both there, and meaningful, or neither. */
export function isSlippageBound({ seenPrice = null, slippageMax = null }: SlippageBound): boolean {
  if (seenPrice === null && slippageMax === null) return true;
  return Number.isSafeInteger(seenPrice) && Number.isSafeInteger(slippageMax) && Number(slippageMax) >= 0;
}

export function isSlipped({ seenPrice = null, slippageMax = null }: SlippageBound, price: number): boolean {
  return seenPrice !== null && slippageMax !== null && Math.abs(price - seenPrice) > slippageMax;
}
