import type { Micros } from '../numbers/units.ts';
import type { Order } from '../orders/order.ts';
import type { Leg } from './leg.ts';
import type { Profile } from './profile.ts';

/**
 * `hedging`: each fill opens a position of its own. `netting`: one position an instrument; an opposite fill reduces
 * it, closes it, and opens the other way with what is left.
 */
export type AccountMode = 'hedging' | 'netting';

export interface Account {
  readonly id: string;
  /** Place in the order of opening: accounts that one quote touches are looked at in this order. */
  readonly ordinal: number;
  readonly mode: AccountMode;
  readonly profile: Profile;
  balance: Micros;
  usedMargin: Micros;
  /** At open prices. */
  openNotional: Micros;
  /** What the open positions could ever gain or lose within the price limits of their instruments, at most. */
  reach: Micros;
  openPositions: number;
  pendingOrders: number;
  /** Told of a margin call, and not above the reset level since. */
  isMarginCalled: boolean;
  /** One an instrument held, in the order of listing. */
  legs: readonly Leg[];
  /** Pending orders, oldest first. */
  firstOrder: Order | null;
  lastOrder: Order | null;
}
