import type { Market } from '../instruments/market.ts';
import { type Micros, micros, type Steps, steps, type TickSteps, tickSteps } from '../numbers/units.ts';
import type { Position } from '../positions/position.ts';
import type { PositionSide } from '../positions/position-side.ts';
import type { Account } from './account.ts';

/** All that an account holds in one instrument. Equity and margin are computed from legs, not from positions. */
export interface Leg {
  /** The account's ordinal. */
  readonly id: number;
  readonly account: Account;
  readonly market: Market;
  longQuantity: Steps;
  longCost: TickSteps;
  shortQuantity: Steps;
  shortCost: TickSteps;
  /** Used margin of the leg. */
  margin: Micros;
  /** The leg's positions, oldest first. */
  firstPosition: Position | null;
  lastPosition: Position | null;
  /** Slots in the market's margin guards; −1 while there is none. */
  bidFloorSlot: number;
  bidCeilingSlot: number;
  askFloorSlot: number;
  askCeilingSlot: number;
}

export function createLeg(account: Account, market: Market): Leg {
  return {
    id: account.ordinal,
    account,
    market,
    longQuantity: steps(0),
    longCost: tickSteps(0),
    shortQuantity: steps(0),
    shortCost: tickSteps(0),
    margin: micros(0),
    firstPosition: null,
    lastPosition: null,
    bidFloorSlot: -1,
    bidCeilingSlot: -1,
    askFloorSlot: -1,
    askCeilingSlot: -1,
  };
}

export function legOf(account: Account, market: Market): Leg | undefined {
  for (const leg of account.legs) if (leg.market === market) return leg;
  return undefined;
}

/** Σ |cost| of the leg's positions of a side, as money: their notional at open prices. */
export function openNotional(leg: Leg, side: PositionSide): Micros {
  const { tickValue, priceMin } = leg.market.terms;
  if (priceMin >= 0) return micros((side === 'long' ? leg.longCost : leg.shortCost) * tickValue);
  // Where prices may be below zero costs may cancel out in the sum, and notionals must not.
  let sum = 0;
  for (let position = leg.firstPosition; position !== null; position = position.next) {
    if (position.side === side) sum += Math.abs(position.cost);
  }
  return micros(sum * tickValue);
}
