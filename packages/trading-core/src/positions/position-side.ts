import type { Side } from '../orders/order-terms.ts';

export type PositionSide = 'long' | 'short';

/** The side of a fill that opens, or adds to, a position. */
export function openingSide(side: PositionSide): Side {
  return side === 'long' ? 'buy' : 'sell';
}

/** The side of a fill that closes, or reduces, a position. */
export function closingSide(side: PositionSide): Side {
  return side === 'long' ? 'sell' : 'buy';
}

/** The position that a fill of this side opens. */
export function openedBy(side: Side): PositionSide {
  return side === 'buy' ? 'long' : 'short';
}
