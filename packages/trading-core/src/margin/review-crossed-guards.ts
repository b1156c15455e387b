import type { Account } from '../accounts/account.ts';
import type { Leg } from '../accounts/leg.ts';
import type { Market } from '../instruments/market.ts';
import type { Quote } from '../quotes/quote.ts';
import type { Decision } from '../shard/decision.ts';
import type { LevelHeap } from '../triggers/level-heap.ts';
import { reviewMargin } from './review-margin.ts';

/** Reviews the accounts one of whose guards the quote has left, in order of their opening, each once. */
export function reviewCrossedGuards(decision: Decision, market: Market, { bid, ask }: Quote): void {
  const accounts = new Set<Account>();
  takeCrossed(market.bidFloors, bid, accounts, (leg) => leg.bidFloorSlot);
  takeCrossed(market.askCeilings, ask, accounts, (leg) => leg.askCeilingSlot);
  takeCrossed(market.bidCeilings, bid, accounts, (leg) => leg.bidCeilingSlot);
  takeCrossed(market.askFloors, ask, accounts, (leg) => leg.askFloorSlot);
  for (const account of [...accounts].sort((a, b) => a.ordinal - b.ordinal)) reviewMargin(decision, account);
}

function takeCrossed(
  guards: LevelHeap<Leg>,
  price: number,
  accounts: Set<Account>,
  slotOf: (leg: Leg) => number,
): void {
  for (let leg = guards.first(); leg !== undefined && guards.isReachedBy(price); leg = guards.first()) {
    accounts.add(leg.account);
    guards.remove(slotOf(leg));
  }
}
