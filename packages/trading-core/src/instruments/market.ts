import type { Leg } from '../accounts/leg.ts';
import type { TradingState } from '../limits/trading-state.ts';
import { type Steps, steps } from '../numbers/units.ts';
import type { Order } from '../orders/order.ts';
import type { Position } from '../positions/position.ts';
import type { Quote } from '../quotes/quote.ts';
import { LevelHeap } from '../triggers/level-heap.ts';
import { TrailingStops } from '../triggers/trailing-stops.ts';
import type { InstrumentTerms } from './instrument-terms.ts';

/** An instrument as it is traded in a shard: its terms, its quote, and everything that waits for a price of it. */
export interface Market {
  /** Place in the order of listing: an account's legs are in this order. */
  readonly ordinal: number;
  terms: InstrumentTerms;
  tradingState: TradingState;
  /** The newest; `null` before the first. */
  quote: Quote | null;
  /** What clients hold: the house holds the opposite. */
  clientLong: Steps;
  clientShort: Steps;

  /** Levels at which a quote closes positions. */
  readonly longStopLosses: LevelHeap<Position>;
  readonly shortStopLosses: LevelHeap<Position>;
  readonly longTakeProfits: LevelHeap<Position>;
  readonly shortTakeProfits: LevelHeap<Position>;
  readonly longTrailingStops: TrailingStops;
  readonly shortTrailingStops: TrailingStops;

  /** Levels at which a quote fills orders. */
  readonly buyLimits: LevelHeap<Order>;
  readonly sellLimits: LevelHeap<Order>;
  readonly buyStops: LevelHeap<Order>;
  readonly sellStops: LevelHeap<Order>;

  /** Levels within which no account that holds the instrument can reach its next margin level, see `guardMargin`. */
  readonly bidFloors: LevelHeap<Leg>;
  readonly bidCeilings: LevelHeap<Leg>;
  readonly askFloors: LevelHeap<Leg>;
  readonly askCeilings: LevelHeap<Leg>;
  /** Legs whose accounts the next quote that may act has to review, whatever its price. */
  readonly overdue: Set<Leg>;
}

const setStopLossSlot = (position: Position, slot: number): void => {
  position.stopLossSlot = slot;
};
const setTakeProfitSlot = (position: Position, slot: number): void => {
  position.takeProfitSlot = slot;
};
const setSlot = (order: Order, slot: number): void => {
  order.slot = slot;
};

export function createMarket(ordinal: number, terms: InstrumentTerms): Market {
  return {
    ordinal,
    terms,
    tradingState: 'active',
    quote: null,
    clientLong: steps(0),
    clientShort: steps(0),
    longStopLosses: new LevelHeap('falls', setStopLossSlot),
    shortStopLosses: new LevelHeap('rises', setStopLossSlot),
    longTakeProfits: new LevelHeap('rises', setTakeProfitSlot),
    shortTakeProfits: new LevelHeap('falls', setTakeProfitSlot),
    longTrailingStops: new TrailingStops('long'),
    shortTrailingStops: new TrailingStops('short'),
    buyLimits: new LevelHeap('falls', setSlot),
    sellLimits: new LevelHeap('rises', setSlot),
    buyStops: new LevelHeap('rises', setSlot),
    sellStops: new LevelHeap('falls', setSlot),
    bidFloors: new LevelHeap('falls', (leg, slot) => {
      leg.bidFloorSlot = slot;
    }),
    bidCeilings: new LevelHeap('rises', (leg, slot) => {
      leg.bidCeilingSlot = slot;
    }),
    askFloors: new LevelHeap('falls', (leg, slot) => {
      leg.askFloorSlot = slot;
    }),
    askCeilings: new LevelHeap('rises', (leg, slot) => {
      leg.askCeilingSlot = slot;
    }),
    overdue: new Set(),
  };
}
