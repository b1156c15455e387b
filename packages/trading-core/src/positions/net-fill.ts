import type { Account } from '../accounts/account.ts';
import { legOf } from '../accounts/leg.ts';
import type { Market } from '../instruments/market.ts';
import { type Steps, steps } from '../numbers/units.ts';
import type { Side } from '../orders/order-terms.ts';
import type { Position } from './position.ts';
import { openingSide } from './position-side.ts';

/** How a fill meets what the account holds in the instrument. */
export interface NetFill {
  /** The netting account's position in the instrument. */
  readonly position: Position | null;
  /** Taken off `position`. */
  readonly reduced: Steps;
  /** Opened, or added to `position` where that is of the fill's side. */
  readonly opened: Steps;
}

/** In a hedging account every fill opens; in a netting account an opposite one reduces first, then flips. */
export function netFill(account: Account, market: Market, side: Side, quantity: Steps): NetFill {
  const position = account.mode === 'netting' ? (legOf(account, market)?.firstPosition ?? null) : null;
  if (position === null || openingSide(position.side) === side)
    return { position, reduced: steps(0), opened: quantity };
  const reduced = steps(Math.min(quantity, position.quantity));
  return { position, reduced, opened: steps(quantity - reduced) };
}
