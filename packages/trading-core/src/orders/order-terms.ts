import type { PlaceOrder } from '../command.ts';
import type { Steps, Ticks } from '../numbers/units.ts';

export type Side = 'buy' | 'sell';
export type OrderType = 'market' | 'limit' | 'stop' | 'stop-limit';
/** Good till cancelled, good till date, immediate or cancel (market orders only, and always). */
export type TimeInForce = 'gtc' | 'gtd' | 'ioc';

/** What a client asks for. */
export interface OrderTerms {
  /** The client's own name for the order, unique in the account for ever: a retry with it is safe. */
  readonly clientOrderId: string;
  readonly asset: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Steps;
  /** Of limit and stop-limit orders. */
  readonly limitPrice: Ticks | null;
  /** Of stop and stop-limit orders. */
  readonly stopPrice: Ticks | null;
  /** Taken over by the position that the order opens. */
  readonly stopLoss: Ticks | null;
  readonly takeProfit: Ticks | null;
  /** Distance of the trailing stop from the best price. */
  readonly trailingDistance: Ticks | null;
  readonly timeInForce: TimeInForce;
  /** Ms since the epoch; of `gtd` orders. */
  readonly expiresAt: number | null;
  /** Of market orders: the price the client saw, and how far the fill may be from it. */
  readonly seenPrice: Ticks | null;
  readonly slippageMax: Ticks | null;
}

/** What a command asks for, with what it leaves out. */
export function termsOf(command: PlaceOrder): OrderTerms {
  return {
    clientOrderId: command.clientOrderId,
    asset: command.asset,
    side: command.side,
    type: command.orderType,
    quantity: command.quantity,
    limitPrice: command.limitPrice ?? null,
    stopPrice: command.stopPrice ?? null,
    stopLoss: command.stopLoss ?? null,
    takeProfit: command.takeProfit ?? null,
    trailingDistance: command.trailingDistance ?? null,
    timeInForce: command.timeInForce ?? (command.orderType === 'market' ? 'ioc' : 'gtc'),
    expiresAt: command.expiresAt ?? null,
    seenPrice: command.seenPrice ?? null,
    slippageMax: command.slippageMax ?? null,
  };
}

/** Whether an order with the same name asks for the same: a retry, and not another order. */
export function isSameOrder(a: OrderTerms, b: OrderTerms): boolean {
  return (
    a.asset === b.asset &&
    a.side === b.side &&
    a.type === b.type &&
    a.quantity === b.quantity &&
    a.limitPrice === b.limitPrice &&
    a.stopPrice === b.stopPrice &&
    a.stopLoss === b.stopLoss &&
    a.takeProfit === b.takeProfit &&
    a.trailingDistance === b.trailingDistance &&
    a.timeInForce === b.timeInForce &&
    a.expiresAt === b.expiresAt &&
    a.seenPrice === b.seenPrice &&
    a.slippageMax === b.slippageMax
  );
}
