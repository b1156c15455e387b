import type { Leg } from '../accounts/leg.ts';

import type { Micros, Steps, TickSteps, Ticks } from '../numbers/units.ts';
import type { TrailingStop } from '../triggers/trailing-stops.ts';
import type { PositionSide } from './position-side.ts';

/** What a client holds: a long gains when the price rises, a short when it falls. */
export interface Position {
  readonly id: number;
  readonly leg: Leg;
  readonly side: PositionSide;
  quantity: Steps;
  /** Σ price × quantity of what is open; cost / quantity is the average open price. */
  cost: TickSteps;
  /** Ms since the epoch. */
  readonly openedAt: number;
  /** Last day whose swap is charged, as days since 1970-01-01 UTC. */
  swapDay: number;
  /** What the position has paid so far. */
  commission: Micros;
  swap: Micros;
  stopLoss: Ticks | null;
  takeProfit: Ticks | null;
  trailing: TrailingStop | null;
  stopLossSlot: number;
  takeProfitSlot: number;
  previous: Position | null;
  next: Position | null;
}
