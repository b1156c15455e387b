import type { ClosePosition, ModifyOrder, ModifyPosition, OrderTerms, RefusalCode } from '@repo/trading-core';
import type { AuditedOrder, AuditedPosition, Books } from './books.ts';
import { areExitsToCome, areOrderExitsToCome, areTicks, isEntryToCome } from './judge-levels.ts';
import { isSlippageBound, isSlipped, judgeQuantity } from './judge-quantity.ts';
import { closingPriceOf } from './margin.ts';
import { isLive, tradingStateOf } from './trading-state-of.ts';

/** A field that is left out stays. */
function chosen<Value>(wanted: Value | undefined, present: Value): Value {
  return wanted === undefined ? present : wanted;
}

export function judgeModifyOrder(books: Books, command: ModifyOrder): RefusalCode | undefined {
  const { expiresAt, at } = command;
  if (typeof expiresAt === 'number' && !(Number.isSafeInteger(expiresAt) && expiresAt > at)) return 'invalid-command';
  if (!books.accounts.has(command.accountId)) return 'unknown-account';
  const order = books.orders.get(command.orderId);
  if (order?.account.id !== command.accountId) return 'order-not-open';
  const { market, isTriggered } = order;
  if (command.limitPrice !== undefined && order.terms.limitPrice === null) return 'invalid-command';
  if (command.stopPrice !== undefined && (order.terms.stopPrice === null || isTriggered)) return 'invalid-command';
  if (tradingStateOf(books, market) === 'halted') return 'instrument-halted';
  const terms = modifiedTerms(order, command);
  const wrongQuantity = judgeQuantity(terms.quantity, market.terms.quantityMin, market.terms.quantityMax);
  if (wrongQuantity !== undefined) return wrongQuantity;
  if (!areTicks(market.terms, terms)) return 'price-not-a-tick';
  if (!isLive(market)) return 'price-not-live';
  const isRight = isEntryToCome(terms, isTriggered, market.quote) && areOrderExitsToCome(terms, market.quote);
  return isRight ? undefined : 'level-on-wrong-side';
}

export function modifiedTerms({ terms }: AuditedOrder, command: ModifyOrder): OrderTerms {
  const expiresAt = chosen(command.expiresAt, terms.expiresAt);
  return {
    ...terms,
    quantity: chosen(command.quantity, terms.quantity),
    limitPrice: chosen(command.limitPrice, terms.limitPrice),
    stopPrice: chosen(command.stopPrice, terms.stopPrice),
    stopLoss: chosen(command.stopLoss, terms.stopLoss),
    takeProfit: chosen(command.takeProfit, terms.takeProfit),
    trailingDistance: chosen(command.trailingDistance, terms.trailingDistance),
    timeInForce: expiresAt === null ? 'gtc' : 'gtd',
    expiresAt,
  };
}

export function judgeModifyPosition(books: Books, command: ModifyPosition): RefusalCode | undefined {
  if (!books.accounts.has(command.accountId)) return 'unknown-account';
  const position = books.positions.get(command.positionId);
  if (position?.account.id !== command.accountId) return 'position-not-open';
  const { market } = position;
  if (tradingStateOf(books, market) === 'halted') return 'instrument-halted';
  const levels = modifiedLevels(position, command);
  if (!areTicks(market.terms, levels)) return 'price-not-a-tick';
  if (!isLive(market)) return 'price-not-live';
  return areExitsToCome(position.side, levels, closingPriceOf(position)) ? undefined : 'level-on-wrong-side';
}

export interface Levels {
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly trailingDistance: number | null;
}

export function modifiedLevels(position: AuditedPosition, command: ModifyPosition): Levels {
  return {
    stopLoss: chosen<number | null>(command.stopLoss, position.stopLoss),
    takeProfit: chosen<number | null>(command.takeProfit, position.takeProfit),
    trailingDistance: chosen<number | null>(command.trailingDistance, position.trailingDistance),
  };
}

export function judgeClosePosition(books: Books, command: ClosePosition): RefusalCode | undefined {
  if (!isSlippageBound(command)) return 'invalid-command';
  if (!books.accounts.has(command.accountId)) return 'unknown-account';
  const position = books.positions.get(command.positionId);
  if (position?.account.id !== command.accountId) return 'position-not-open';
  const { market } = position;
  if (tradingStateOf(books, market) === 'halted') return 'instrument-halted';
  const quantity = command.quantity ?? position.quantity;
  // What is left below the minimum stays closable.
  const min = Math.min(market.terms.quantityMin, position.quantity);
  const wrongQuantity = judgeQuantity(quantity, min, position.quantity);
  if (wrongQuantity !== undefined) return wrongQuantity;
  if (!isLive(market)) return 'price-not-live';
  return isSlipped(command, closingPriceOf(position)) ? 'slippage-exceeded' : undefined;
}
