import type { Account } from '../accounts/account.ts';
import type { Leg } from '../accounts/leg.ts';
import type { Quote } from '../quotes/quote.ts';
import { equityAtLevel } from './margin-level.ts';

/**
 * The share of what an account can lose, or gain, before its next margin level that its guards use up. The rest is
 * spared for commissions and spreads, so that a fill seldom moves them.
 */
const GUARDED_SHARE = 0.75;

/**
 * Guards an account: gives each of its legs a band of prices (bid floor and ask ceiling against losses, bid ceiling and
 * ask floor for gains) such that while no price leaves its band the account cannot reach the margin level that comes
 * next: margin call, stop-out, or the reset of a margin call. A quote costs nothing to the accounts whose bands it
 * stays in. Bands are conservative, never exact: who leaves one is reviewed, and guarded anew.
 *
 * @param equity the account's, now, with positions open.
 */
export function guardMargin(account: Account, equity: number): void {
  const { profile, usedMargin, isMarginCalled } = account;
  const percent = isMarginCalled ? profile.stopOutPercent : profile.marginCallPercent;
  const loss = equity - equityAtLevel(usedMargin, percent) - 1;
  if (!holdsLosses(account, loss)) guardLosses(account, loss);
  if (isMarginCalled) {
    const gain = equityAtLevel(usedMargin, profile.marginCallResetPercent) - equity;
    if (!holdsGains(account, gain)) guardGains(account, gain);
  } else {
    for (const leg of account.legs) releaseGainGuards(leg);
  }
}

/** Takes away all guards of a leg. */
export function releaseGuards(leg: Leg): void {
  releaseLossGuards(leg);
  releaseGainGuards(leg);
}

function holdsLosses(account: Account, loss: number): boolean {
  let sum = 0;
  for (const leg of account.legs) {
    const { bidFloors, askCeilings, terms } = leg.market;
    const { bid, ask } = leg.market.quote as Quote;
    if (leg.longQuantity > 0 !== leg.bidFloorSlot >= 0 || leg.shortQuantity > 0 !== leg.askCeilingSlot >= 0)
      return false;
    if (leg.bidFloorSlot >= 0) {
      const distance = bid - bidFloors.levelAt(leg.bidFloorSlot) - 1;
      if (distance < 0) return false;
      sum += distance * leg.longQuantity * terms.tickValue;
    }
    if (leg.askCeilingSlot >= 0) {
      const distance = askCeilings.levelAt(leg.askCeilingSlot) - 1 - ask;
      if (distance < 0) return false;
      sum += distance * leg.shortQuantity * terms.tickValue;
    }
  }
  return sum <= loss;
}

function holdsGains(account: Account, gain: number): boolean {
  let sum = 0;
  for (const leg of account.legs) {
    const { bidCeilings, askFloors, terms } = leg.market;
    const { bid, ask } = leg.market.quote as Quote;
    if (leg.longQuantity > 0 !== leg.bidCeilingSlot >= 0 || leg.shortQuantity > 0 !== leg.askFloorSlot >= 0)
      return false;
    if (leg.bidCeilingSlot >= 0) {
      const distance = bidCeilings.levelAt(leg.bidCeilingSlot) - 1 - bid;
      if (distance < 0) return false;
      sum += distance * leg.longQuantity * terms.tickValue;
    }
    if (leg.askFloorSlot >= 0) {
      const distance = ask - askFloors.levelAt(leg.askFloorSlot) - 1;
      if (distance < 0) return false;
      sum += distance * leg.shortQuantity * terms.tickValue;
    }
  }
  return sum <= gain;
}

function guardLosses(account: Account, loss: number): void {
  // A stop-out that could not close what is left, for want of a live quote, is tried again with the next one.
  const isOverdue = loss < 0;
  const move = relativeMove(account, loss);
  for (const leg of account.legs) {
    releaseLossGuards(leg);
    const { market } = leg;
    const { bid, ask } = market.quote as Quote;
    if (leg.longQuantity > 0) market.bidFloors.insert(leg, isOverdue ? Infinity : bid - ticksOf(move, bid) - 1);
    if (leg.shortQuantity > 0) market.askCeilings.insert(leg, isOverdue ? -Infinity : ask + ticksOf(move, ask) + 1);
  }
}

function guardGains(account: Account, gain: number): void {
  // Seen only where a shard is loaded between a quote that was not live and the next one.
  const isOverdue = gain < 0;
  const move = relativeMove(account, gain);
  for (const leg of account.legs) {
    releaseGainGuards(leg);
    const { market } = leg;
    const { bid, ask } = market.quote as Quote;
    if (leg.longQuantity > 0) market.bidCeilings.insert(leg, isOverdue ? -Infinity : bid + ticksOf(move, bid) + 1);
    if (leg.shortQuantity > 0) market.askFloors.insert(leg, isOverdue ? Infinity : ask - ticksOf(move, ask) - 1);
  }
}

/** The move of all prices at once, as a share of each, that would use up the guarded share of `money`. */
function relativeMove(account: Account, money: number): number {
  let moved = 0;
  for (const { market, longQuantity, shortQuantity } of account.legs) {
    const { bid, ask } = market.quote as Quote;
    moved += (Math.abs(bid) * longQuantity + Math.abs(ask) * shortQuantity) * market.terms.tickValue;
  }
  return moved === 0 ? 0 : (Math.max(0, money) * GUARDED_SHARE) / moved;
}

function ticksOf(move: number, price: number): number {
  return Math.floor(move * Math.abs(price));
}

function releaseLossGuards(leg: Leg): void {
  if (leg.bidFloorSlot >= 0) leg.market.bidFloors.remove(leg.bidFloorSlot);
  if (leg.askCeilingSlot >= 0) leg.market.askCeilings.remove(leg.askCeilingSlot);
}

function releaseGainGuards(leg: Leg): void {
  if (leg.bidCeilingSlot >= 0) leg.market.bidCeilings.remove(leg.bidCeilingSlot);
  if (leg.askFloorSlot >= 0) leg.market.askFloors.remove(leg.askFloorSlot);
}
