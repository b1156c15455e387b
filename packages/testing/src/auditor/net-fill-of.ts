import type { Side } from '@repo/trading-core';
import type { AuditedAccount, AuditedMarket, AuditedPosition } from './books.ts';

export interface NetFill {
  /** The one position of a netting account in the instrument. */
  readonly position: AuditedPosition | undefined;
  readonly reduced: number;
  readonly opened: number;
}

/** Hedging: a fill opens. Netting: an opposite fill reduces what is there, and opens with what is left. */
export function netFillOf(account: AuditedAccount, market: AuditedMarket, side: Side, quantity: number): NetFill {
  if (account.mode === 'hedging') return { position: undefined, reduced: 0, opened: quantity };
  const position = account.legs.find((leg) => leg.market === market)?.positions[0];
  const isOpposite = position !== undefined && (position.side === 'long') !== (side === 'buy');
  if (!isOpposite) return { position, reduced: 0, opened: quantity };
  if (quantity <= position.quantity) return { position, reduced: quantity, opened: 0 };
  return { position, reduced: position.quantity, opened: quantity - position.quantity };
}
