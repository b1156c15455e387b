import type { Account } from '../accounts/account.ts';
import type { Leg } from '../accounts/leg.ts';
import type { Market } from '../instruments/market.ts';
import type { Quote } from '../quotes/quote.ts';
import type { LevelHeap } from '../triggers/level-heap.ts';
import { equityAtLevel } from './margin-level.ts';

/**
 * The share of what an account can lose, or gain, before its next margin level that its guards use up. The rest is
 * spared for commissions and spreads, so that a fill seldom moves them.
 */
const GUARDED_SHARE = 0.75;

/** One end of a leg's band of prices. */
interface Guard {
  /** Where the price leaves the band: −1 below, +1 above. */
  readonly sign: 1 | -1;
  readonly heapOf: (market: Market) => LevelHeap<Leg>;
  readonly slotOf: (leg: Leg) => number;
  readonly quantityOf: (leg: Leg) => number;
  readonly priceOf: (quote: Quote) => number;
}

const bidFloor: Guard = {
  sign: -1,
  heapOf: (market) => market.bidFloors,
  slotOf: (leg) => leg.bidFloorSlot,
  quantityOf: (leg) => leg.longQuantity,
  priceOf: (quote) => quote.bid,
};

const askCeiling: Guard = {
  sign: 1,
  heapOf: (market) => market.askCeilings,
  slotOf: (leg) => leg.askCeilingSlot,
  quantityOf: (leg) => leg.shortQuantity,
  priceOf: (quote) => quote.ask,
};

const bidCeiling: Guard = {
  sign: 1,
  heapOf: (market) => market.bidCeilings,
  slotOf: (leg) => leg.bidCeilingSlot,
  quantityOf: (leg) => leg.longQuantity,
  priceOf: (quote) => quote.bid,
};

const askFloor: Guard = {
  sign: -1,
  heapOf: (market) => market.askFloors,
  slotOf: (leg) => leg.askFloorSlot,
  quantityOf: (leg) => leg.shortQuantity,
  priceOf: (quote) => quote.ask,
};

const lossGuards: readonly Guard[] = [bidFloor, askCeiling];
const gainGuards: readonly Guard[] = [bidCeiling, askFloor];

/**
 * Guards an account: gives each of its legs a band of prices (bid floor and ask ceiling against losses, bid ceiling and
 * ask floor for gains) such that while no price leaves its band the account cannot reach the margin level that comes
 * next: margin call, stop-out, or the reset of a margin call. A quote costs nothing to the accounts whose bands it
 * stays in. Bands are conservative, never exact: who leaves one is reviewed, and guarded anew.
 *
 * An account that is at that level already, because what follows has to wait for a live quote or the end of a halt, is
 * overdue: the next quote of any of its legs that may act reviews it.
 *
 * @param equity the account's, now, with positions open.
 */
export function guardMargin(account: Account, equity: number): void {
  const { profile, usedMargin, isMarginCalled } = account;
  const percent = isMarginCalled ? profile.stopOutPercent : profile.marginCallPercent;
  const loss = equity - equityAtLevel(usedMargin, percent) - 1;
  const gain = isMarginCalled ? equityAtLevel(usedMargin, profile.marginCallResetPercent) - equity : Infinity;
  if (loss < 0 || gain < 0) {
    for (const leg of account.legs) {
      releaseGuards(leg);
      leg.market.overdue.add(leg);
    }
    return;
  }
  for (const leg of account.legs) leg.market.overdue.delete(leg);
  guard(account, lossGuards, loss);
  if (isMarginCalled) guard(account, gainGuards, gain);
  else for (const leg of account.legs) release(leg, gainGuards);
}

/** Takes away all guards of a leg. */
export function releaseGuards(leg: Leg): void {
  release(leg, lossGuards);
  release(leg, gainGuards);
  leg.market.overdue.delete(leg);
}

/**
 * Makes sure that the account's equity cannot change by more than `room` micros while its prices are in their bands.
 * Bands that hold are left alone; a leg without one gets it from what the others leave, as long as that is a fair share.
 */
function guard(account: Account, guards: readonly Guard[], room: number): void {
  let used = 0;
  let total = 0;
  let missing = 0;
  let isLeft = false;
  let isMissing = false;
  for (const leg of account.legs) {
    const { tickValue } = leg.market.terms;
    const quote = leg.market.quote as Quote;
    for (const { sign, heapOf, slotOf, quantityOf, priceOf } of guards) {
      const quantity = quantityOf(leg);
      const slot = slotOf(leg);
      if (quantity === 0) {
        if (slot >= 0) heapOf(leg.market).remove(slot);
        continue;
      }
      const price = priceOf(quote);
      const notional = Math.abs(price) * quantity * tickValue;
      total += notional;
      if (slot < 0) {
        missing += notional;
        isMissing = true;
        continue;
      }
      const ticksLeft = sign * (heapOf(leg.market).levelAt(slot) - price) - 1;
      if (ticksLeft < 0) isLeft = true;
      else used += ticksLeft * quantity * tickValue;
    }
  }
  const isHeld = !isLeft && used <= room;
  if (isHeld && !isMissing) return;
  const fairMove = relativeMove(room, total);
  const spareMove = relativeMove(room - used, missing);
  const isSpareFair = isHeld && spareMove >= fairMove / 2;
  for (const leg of account.legs) setBands(leg, guards, isSpareFair ? spareMove : fairMove, isSpareFair);
}

/** @param isKept whether bands that are there are left alone. */
function setBands(leg: Leg, guards: readonly Guard[], move: number, isKept: boolean): void {
  for (const { sign, heapOf, slotOf, quantityOf, priceOf } of guards) {
    const slot = slotOf(leg);
    if (quantityOf(leg) === 0 || (isKept && slot >= 0)) continue;
    const price = priceOf(leg.market.quote as Quote);
    const level = price + sign * (Math.floor(move * Math.abs(price)) + 1);
    const heap = heapOf(leg.market);
    if (slot < 0) heap.insert(leg, level);
    else heap.move(slot, level);
  }
}

/** The move of prices, as a share of each, that changes what `notional` is worth by the guarded share of `money`. */
function relativeMove(money: number, notional: number): number {
  return money <= 0 || notional === 0 ? 0 : (money * GUARDED_SHARE) / notional;
}

function release(leg: Leg, guards: readonly Guard[]): void {
  for (const { heapOf, slotOf } of guards) {
    const slot = slotOf(leg);
    if (slot >= 0) heapOf(leg.market).remove(slot);
  }
}
