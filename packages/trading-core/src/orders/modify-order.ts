import type { ModifyOrder } from '../command.ts';
import { isRefused, liveQuote, refuseHalted, tradingStateOf } from '../limits/tradable.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import { checkEntryLevel, checkOrderExitLevels, checkTicks } from './check-levels.ts';
import { checkQuantity } from './check-quantity.ts';
import { isToCome } from './expire-orders.ts';
import type { Order } from './order.ts';
import type { OrderTerms } from './order-terms.ts';

/** Changes a pending order, which keeps its id and with it its age. The new terms are checked as those of a new order. */
export function modifyOrder(decision: Decision, command: ModifyOrder): Refused | undefined {
  const { shard } = decision;
  if (typeof command.expiresAt === 'number' && !isToCome(command.expiresAt, command.at)) {
    return refuse('invalid-command', { reason: 'expiresAt is not a moment to come' });
  }
  const account = shard.accounts.get(command.accountId);
  if (account === undefined) return refuse('unknown-account', { accountId: command.accountId });
  const order = shard.orders.get(command.orderId);
  if (order === undefined || order.account !== account) return refuse('order-not-open', { orderId: command.orderId });
  const contradiction = contradictionIn(command, order);
  if (contradiction !== undefined) return refuse('invalid-command', { reason: contradiction });
  const { market } = order;
  const state = tradingStateOf(shard, market);
  if (state === 'halted') return refuseHalted(market, state);
  const terms = modifiedTerms(order.terms, command);
  const wrong =
    checkQuantity(terms.quantity, market.terms.quantityMin, market.terms.quantityMax) ??
    checkTicks(market.terms, terms);
  if (wrong !== undefined) return wrong;
  const quote = liveQuote(market);
  if (isRefused(quote)) return quote;
  const misplaced = checkEntryLevel(terms, order.isTriggered, quote) ?? checkOrderExitLevels(terms, quote);
  if (misplaced !== undefined) return misplaced;
  emit(decision, {
    type: 'order-modified',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    orderId: order.id,
    terms,
  });
  return undefined;
}

function contradictionIn(command: ModifyOrder, { terms, isTriggered }: Order): string | undefined {
  if (command.limitPrice !== undefined && terms.limitPrice === null) return 'limitPrice is not used';
  if (command.stopPrice !== undefined && terms.stopPrice === null) return 'stopPrice is not used';
  if (command.stopPrice !== undefined && isTriggered) return 'the stop has been reached';
  return undefined;
}

function modifiedTerms(terms: OrderTerms, command: ModifyOrder): OrderTerms {
  const expiresAt = command.expiresAt === undefined ? terms.expiresAt : command.expiresAt;
  return {
    ...terms,
    quantity: command.quantity ?? terms.quantity,
    limitPrice: command.limitPrice ?? terms.limitPrice,
    stopPrice: command.stopPrice ?? terms.stopPrice,
    stopLoss: command.stopLoss === undefined ? terms.stopLoss : command.stopLoss,
    takeProfit: command.takeProfit === undefined ? terms.takeProfit : command.takeProfit,
    trailingDistance: command.trailingDistance === undefined ? terms.trailingDistance : command.trailingDistance,
    timeInForce: expiresAt === null ? 'gtc' : 'gtd',
    expiresAt,
  };
}
