import type { Account } from '../accounts/account.ts';
import type { Market } from '../instruments/market.ts';
import type { OrderTerms } from './order-terms.ts';

/** A pending order: accepted, waiting for its level. */
export interface Order {
  readonly id: number;
  readonly account: Account;
  readonly market: Market;
  terms: OrderTerms;
  /** A stop-limit order whose stop has been reached. */
  isTriggered: boolean;
  /** Slots in the market's entries and in the shard's expiries; −1 while not there. */
  slot: number;
  expirySlot: number;
  previous: Order | null;
  next: Order | null;
}
