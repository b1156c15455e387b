import type { AccountMode } from './accounts/account.ts';
import type { InstrumentTerms } from './instruments/instrument-terms.ts';
import type { TradingState } from './limits/trading-state.ts';
import type { Micros, Steps, Ticks } from './numbers/units.ts';
import type { OrderType, Side, TimeInForce } from './orders/order-terms.ts';

/**
 * What somebody wants. Imperative. `at` is the moment of the command, ms since the epoch, given from outside: it is
 * recorded, and compared with dates, but orders nothing.
 */
export type Command =
  | ListInstrument
  | SetTradingState
  | OpenAccount
  | PlaceOrder
  | ModifyOrder
  | CancelOrder
  | CancelAllOrders
  | ModifyPosition
  | ClosePosition
  | CloseAllPositions
  | Deposit
  | Withdraw
  | AdjustBalance
  | AdvanceTime;

/** Offers an instrument, or changes the terms of one. */
export interface ListInstrument {
  readonly type: 'list-instrument';
  readonly at: number;
  readonly terms: InstrumentTerms;
}

/** `asset: null` is the whole firm. */
export interface SetTradingState {
  readonly type: 'set-trading-state';
  readonly at: number;
  readonly asset: string | null;
  readonly state: TradingState;
}

export interface OpenAccount {
  readonly type: 'open-account';
  readonly at: number;
  readonly accountId: string;
  readonly mode: AccountMode;
  /** Name of a profile of the shard. */
  readonly profile: string;
  /** Money that comes in with the opening. */
  readonly deposit?: Micros;
}

export interface PlaceOrder {
  readonly type: 'place-order';
  readonly at: number;
  readonly accountId: string;
  readonly clientOrderId: string;
  readonly asset: string;
  readonly side: Side;
  readonly orderType: OrderType;
  readonly quantity: Steps;
  readonly limitPrice?: Ticks;
  readonly stopPrice?: Ticks;
  readonly stopLoss?: Ticks;
  readonly takeProfit?: Ticks;
  readonly trailingDistance?: Ticks;
  /** Default: `ioc` for market orders, else `gtc`. */
  readonly timeInForce?: TimeInForce;
  readonly expiresAt?: number;
  /** Market orders: the price the client saw, and how many ticks the fill may be away from it, either way. */
  readonly seenPrice?: Ticks;
  readonly slippageMax?: Ticks;
}

/** What is left out stays; `null` takes a level away. */
export interface ModifyOrder {
  readonly type: 'modify-order';
  readonly at: number;
  readonly accountId: string;
  readonly orderId: number;
  readonly quantity?: Steps;
  readonly limitPrice?: Ticks;
  readonly stopPrice?: Ticks;
  readonly stopLoss?: Ticks | null;
  readonly takeProfit?: Ticks | null;
  readonly trailingDistance?: Ticks | null;
  /** `null` makes the order good till cancelled. */
  readonly expiresAt?: number | null;
}

export interface CancelOrder {
  readonly type: 'cancel-order';
  readonly at: number;
  readonly accountId: string;
  readonly orderId: number;
}

/** All of the account's pending orders, or those in one asset. */
export interface CancelAllOrders {
  readonly type: 'cancel-all-orders';
  readonly at: number;
  readonly accountId: string;
  readonly asset?: string;
}

/** What is left out stays; `null` takes it away. A new trailing distance starts at the current quote. */
export interface ModifyPosition {
  readonly type: 'modify-position';
  readonly at: number;
  readonly accountId: string;
  readonly positionId: number;
  readonly stopLoss?: Ticks | null;
  readonly takeProfit?: Ticks | null;
  readonly trailingDistance?: Ticks | null;
}

export interface ClosePosition {
  readonly type: 'close-position';
  readonly at: number;
  readonly accountId: string;
  readonly positionId: number;
  /** Default: all of it. */
  readonly quantity?: Steps;
  readonly seenPrice?: Ticks;
  readonly slippageMax?: Ticks;
}

/** All of the account's positions, or those in one asset; those without a live quote stay. */
export interface CloseAllPositions {
  readonly type: 'close-all-positions';
  readonly at: number;
  readonly accountId: string;
  readonly asset?: string;
}

export interface Deposit {
  readonly type: 'deposit';
  readonly at: number;
  readonly accountId: string;
  readonly amount: Micros;
}

export interface Withdraw {
  readonly type: 'withdraw';
  readonly at: number;
  readonly accountId: string;
  readonly amount: Micros;
}

/** A correction by the operator, against the house's profit and loss. Below zero it takes. */
export interface AdjustBalance {
  readonly type: 'adjust-balance';
  readonly at: number;
  readonly accountId: string;
  readonly amount: Micros;
  readonly reason: string;
}

/** Time has come: GTD orders expire, and the swaps of the days that have ended are charged. */
export interface AdvanceTime {
  readonly type: 'advance-time';
  readonly at: number;
}
