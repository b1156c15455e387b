import type { AccountMode } from './accounts/account.ts';
import type { InstrumentTerms } from './instruments/instrument-terms.ts';
import type { TradingState } from './limits/trading-state.ts';
import type { LegFigures } from './margin/leg-figures.ts';
import type { Micros, Steps, TickSteps, Ticks } from './numbers/units.ts';
import type { OrderTerms, Side } from './orders/order-terms.ts';
import type { PositionSide } from './positions/position-side.ts';
import type { Quote } from './quotes/quote.ts';
import type { Refused } from './refusal.ts';

/** What has happened. Past tense. Folding the events of a shard gives its state. */
export type Event =
  | InstrumentListed
  | TradingStateChanged
  | AccountOpened
  | OrderAccepted
  | OrderModified
  | OrderTriggered
  | OrderFilled
  | OrderCancelled
  | OrderExpired
  | OrderRejected
  | PositionOpened
  | PositionIncreased
  | PositionReduced
  | PositionClosed
  | PositionModified
  | TrailingBestReached
  | MarginCalled
  | MarginCallCleared
  | AccountStoppedOut
  | NegativeBalanceWrittenOff
  | SwapCharged
  | TradingDayEnded
  | Deposited
  | Withdrawn
  | BalanceAdjusted;

interface Occurrence {
  /** Without gaps in a shard, from 1. */
  readonly sequence: number;
  /** Ms since the epoch: the moment of the command, or of the quote, that caused it. */
  readonly at: number;
}

export interface InstrumentListed extends Occurrence {
  readonly type: 'instrument-listed';
  readonly terms: InstrumentTerms;
}

export interface TradingStateChanged extends Occurrence {
  readonly type: 'trading-state-changed';
  readonly asset: string | null;
  readonly state: TradingState;
}

export interface AccountOpened extends Occurrence {
  readonly type: 'account-opened';
  readonly accountId: string;
  readonly mode: AccountMode;
  readonly profile: string;
}

export interface OrderAccepted extends Occurrence {
  readonly type: 'order-accepted';
  readonly accountId: string;
  readonly orderId: number;
  readonly terms: OrderTerms;
}

export interface OrderModified extends Occurrence {
  readonly type: 'order-modified';
  readonly accountId: string;
  readonly orderId: number;
  readonly terms: OrderTerms;
}

/** A stop-limit order's stop was reached by `quote`: from here on it is a limit order. */
export interface OrderTriggered extends Occurrence {
  readonly type: 'order-triggered';
  readonly accountId: string;
  readonly orderId: number;
  readonly quote: Quote;
}

export interface OrderFilled extends Occurrence {
  readonly type: 'order-filled';
  readonly accountId: string;
  readonly orderId: number;
}

export interface OrderCancelled extends Occurrence {
  readonly type: 'order-cancelled';
  readonly accountId: string;
  readonly orderId: number;
  readonly reason: 'client' | 'stop-out';
}

export interface OrderExpired extends Occurrence {
  readonly type: 'order-expired';
  readonly accountId: string;
  readonly orderId: number;
}

/** A pending order that triggered and could not be filled, with the reason. */
export interface OrderRejected extends Occurrence {
  readonly type: 'order-rejected';
  readonly accountId: string;
  readonly orderId: number;
  readonly quote: Quote;
  readonly refusal: Refused;
}

/** The rule that made a fill. */
export type FillRule =
  | 'market'
  | 'limit'
  | 'stop'
  | 'stop-limit'
  | 'close'
  | 'stop-loss'
  | 'take-profit'
  | 'trailing-stop'
  | 'stop-out';

/** An execution, with the facts that explain it and the money it moved. */
export interface Fill {
  readonly id: number;
  /** The order that was filled; `null` when a position was closed by command, trigger or stop-out. */
  readonly orderId: number | null;
  readonly positionId: number;
  readonly asset: string;
  readonly side: Side;
  readonly quantity: Steps;
  readonly price: Ticks;
  readonly rule: FillRule;
  /** The level that the quote reached; `null` for market orders, closes and stop-outs. */
  readonly level: Ticks | null;
  /** The quote it was filled at. */
  readonly quote: Quote;
  /** What the client gained; 0 at an opening fill. */
  readonly realizedPnl: Micros;
  /** What the client paid. */
  readonly commission: Micros;
  /** Booked from the house's rounding account to its commission account. */
  readonly rounding: Micros;
  /** The shard's rounding carry after it, see `accrue`. */
  readonly roundingCarry: number;
}

interface PositionFilled extends Occurrence {
  readonly accountId: string;
  readonly fill: Fill;
  /** Open quantity after the fill, and what it cost. */
  readonly quantity: Steps;
  readonly cost: TickSteps;
}

export interface PositionOpened extends PositionFilled {
  readonly type: 'position-opened';
  readonly stopLoss: Ticks | null;
  readonly takeProfit: Ticks | null;
  readonly trailingDistance: Ticks | null;
}

/** Netting accounts. Levels of the order follow as a `position-modified`. */
export interface PositionIncreased extends PositionFilled {
  readonly type: 'position-increased';
}

export interface PositionReduced extends PositionFilled {
  readonly type: 'position-reduced';
}

export interface PositionClosed extends PositionFilled {
  readonly type: 'position-closed';
}

export interface PositionModified extends Occurrence {
  readonly type: 'position-modified';
  readonly accountId: string;
  readonly positionId: number;
  readonly stopLoss: Ticks | null;
  readonly takeProfit: Ticks | null;
  readonly trailingDistance: Ticks | null;
  /** Best price so far, from which the trailing stop keeps its distance; `null` without one. */
  readonly trailingBest: Ticks | null;
}

/** The price moved in favour of trailing stops: every one of this side whose best price was worse now has this one. */
export interface TrailingBestReached extends Occurrence {
  readonly type: 'trailing-best-reached';
  readonly asset: string;
  readonly side: PositionSide;
  /** A bid for longs, an ask for shorts. */
  readonly price: Ticks;
}

export interface MarginCalled extends Occurrence {
  readonly type: 'margin-called';
  readonly accountId: string;
  readonly equity: Micros;
  readonly usedMargin: Micros;
  readonly marginCallPercent: number;
}

/** The level has been above the profile's reset level: the next margin call will be told again. */
export interface MarginCallCleared extends Occurrence {
  readonly type: 'margin-call-cleared';
  readonly accountId: string;
}

/** The level was at or below the stop-out level: what follows for this account are cancellations and closes. */
export interface AccountStoppedOut extends Occurrence {
  readonly type: 'account-stopped-out';
  readonly accountId: string;
  readonly balance: Micros;
  readonly equity: Micros;
  readonly usedMargin: Micros;
  readonly stopOutPercent: number;
  readonly legs: readonly LegFigures[];
}

export interface NegativeBalanceWrittenOff extends Occurrence {
  readonly type: 'negative-balance-written-off';
  readonly accountId: string;
  /** Above zero: what the house gave. */
  readonly amount: Micros;
}

export interface SwapCharged extends Occurrence {
  readonly type: 'swap-charged';
  readonly accountId: string;
  readonly positionId: number;
  /** The day that ended, as days since 1970-01-01 UTC. */
  readonly day: number;
  /** How many days' swap it is: 3 on the Wednesday of a `triple-wednesday` instrument. */
  readonly days: number;
  readonly quantity: Steps;
  readonly quote: Quote;
  /** What the client paid; below zero he was paid. */
  readonly amount: Micros;
  /** Booked from the house's rounding account to its swap account. */
  readonly rounding: Micros;
  readonly roundingCarry: number;
}

/** All swaps of the day, and of those before, are charged. */
export interface TradingDayEnded extends Occurrence {
  readonly type: 'trading-day-ended';
  readonly day: number;
}

export interface Deposited extends Occurrence {
  readonly type: 'deposited';
  readonly accountId: string;
  readonly amount: Micros;
}

export interface Withdrawn extends Occurrence {
  readonly type: 'withdrawn';
  readonly accountId: string;
  readonly amount: Micros;
}

export interface BalanceAdjusted extends Occurrence {
  readonly type: 'balance-adjusted';
  readonly accountId: string;
  readonly amount: Micros;
  readonly reason: string;
}
