import type { Market } from '../instruments/market.ts';
import { type Micros, micros, type Steps, steps, type TickSteps, tickSteps } from '../numbers/units.ts';
import type { Position } from '../positions/position.ts';
import type { Account } from './account.ts';

/** All that an account holds in one instrument. Equity and margin are computed from legs, not from positions. */
export interface Leg {
  /** The account's ordinal. */
  readonly id: number;
  readonly account: Account;
  readonly market: Market;
  longQuantity: Steps;
  longCost: TickSteps;
  /** At open prices, as all notionals of positions. */
  longNotional: Micros;
  shortQuantity: Steps;
  shortCost: TickSteps;
  shortNotional: Micros;
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
    longNotional: micros(0),
    shortQuantity: steps(0),
    shortCost: tickSteps(0),
    shortNotional: micros(0),
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
