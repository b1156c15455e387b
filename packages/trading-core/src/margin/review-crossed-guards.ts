import type { Account } from '../accounts/account.ts';
import type { Leg } from '../accounts/leg.ts';
import type { Market } from '../instruments/market.ts';
import type { Quote } from '../quotes/quote.ts';
import type { Decision } from '../shard/decision.ts';
import type { LevelHeap } from '../triggers/level-heap.ts';
import { equity } from './equity.ts';
import { guardMargin } from './margin-guards.ts';
import { reviewMargin } from './review-margin.ts';

/** Reviews the accounts one of whose guards the quote has left, or that are overdue: in order of opening, each once. */
export function reviewCrossedGuards(decision: Decision, market: Market, quote: Quote): void {
  const accounts = takeCrossed(market, quote);
  for (const { account } of market.overdue) accounts.add(account);
  for (const account of [...accounts].sort((a, b) => a.ordinal - b.ordinal)) reviewMargin(decision, account);
}

/**
 * Of a quote of a halted instrument: guards anew the accounts one of whose guards it has left, which makes those overdue that
 * have reached a margin level.
 */
export function renewCrossedGuards(market: Market, quote: Quote): void {
  for (const account of takeCrossed(market, quote)) guardMargin(account, equity(account));
}

function takeCrossed(market: Market, { bid, ask }: Quote): Set<Account> {
  const accounts = new Set<Account>();
  take(market.bidFloors, bid, accounts, (leg) => leg.bidFloorSlot);
  take(market.askCeilings, ask, accounts, (leg) => leg.askCeilingSlot);
  take(market.bidCeilings, bid, accounts, (leg) => leg.bidCeilingSlot);
  take(market.askFloors, ask, accounts, (leg) => leg.askFloorSlot);
  return accounts;
}

function take(guards: LevelHeap<Leg>, price: number, accounts: Set<Account>, slotOf: (leg: Leg) => number): void {
  for (let leg = guards.first(); leg !== undefined && guards.isReachedBy(price); leg = guards.first()) {
    accounts.add(leg.account);
    guards.remove(slotOf(leg));
  }
}
