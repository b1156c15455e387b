import type { OrderTerms, PlaceOrder } from '@repo/trading-core';
import type { AuditedAccount, AuditedMarket, Books } from './books.ts';
import { difference } from './difference.ts';
import { isForbidden, judgeOpening, overLimit, type Verdict } from './judge-fill.ts';
import { areOrderExitsToCome, areTicks, isEntryToCome } from './judge-levels.ts';
import { isSlippageBound, isSlipped, judgeQuantity } from './judge-quantity.ts';
import { netFillOf } from './net-fill-of.ts';
import { rememberedOrder } from './remembered-order.ts';
import { isLive } from './trading-state-of.ts';

/** Why an order is refused, or the order that it repeats, or `undefined`: the refusals in their order of precedence. */
export function judgePlaceOrder(books: Books, command: PlaceOrder): Verdict | { readonly repeats: number } | undefined {
  const terms = termsOf(command);
  const account = books.accounts.get(command.accountId);
  const earlier = account === undefined ? undefined : rememberedOrder(books, account.id, terms.clientOrderId);
  const isRepeated = earlier !== undefined && difference(earlier.terms, terms) === undefined;
  // A retry may come after the order's end.
  const isPast = terms.expiresAt !== null && !(Number.isSafeInteger(terms.expiresAt) && terms.expiresAt > command.at);
  if (isContradiction(terms) || (isPast && !isRepeated)) return { code: 'invalid-command' };
  if (account === undefined) return { code: 'unknown-account' };
  if (isRepeated) return { repeats: earlier.orderId };
  if (earlier !== undefined) return { code: 'duplicate-client-order-id' };
  const market = books.markets.get(terms.asset);
  if (market === undefined) return { code: 'unknown-instrument' };
  return judgeTerms(books, account, market, terms);
}

function judgeTerms(
  books: Books,
  account: AuditedAccount,
  market: AuditedMarket,
  terms: OrderTerms,
): Verdict | undefined {
  const net = netFillOf(account, market, terms.side, terms.quantity);
  if (isForbidden(books, market, net.opened)) return { code: 'instrument-halted' };
  const wrongQuantity = judgeQuantity(terms.quantity, market.terms.quantityMin, market.terms.quantityMax);
  if (wrongQuantity !== undefined) return { code: wrongQuantity };
  if (!areTicks(market.terms, terms)) return { code: 'price-not-a-tick' };
  if (!isLive(market)) return { code: 'price-not-live' };
  const fillsNow = terms.type === 'market';
  const opensNow = fillsNow && net.opened > 0;
  if (opensNow && !account.legs.every((leg) => isLive(leg.market))) return { code: 'price-not-live' };
  if (!fillsNow && !isEntryToCome(terms, false, market.quote)) return { code: 'level-on-wrong-side' };
  if (!areOrderExitsToCome(terms, market.quote)) return { code: 'level-on-wrong-side' };
  if (isSlipped(terms, terms.side === 'buy' ? market.quote.ask : market.quote.bid)) {
    return { code: 'slippage-exceeded' };
  }
  if (opensNow) return judgeOpening(books, account, market, terms.side, net);
  const { pendingOrdersMax } = account.profile;
  const pending = account.orders.length;
  const isFull = !fillsNow && pending >= pendingOrdersMax;
  return isFull ? overLimit('account-pending-orders', pending, 1, pendingOrdersMax) : undefined;
}

/** What a command asks for, with the defaults filled in. */
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

function isContradiction(terms: OrderTerms): boolean {
  const { type, timeInForce, expiresAt } = terms;
  const wantsLimit = type === 'limit' || type === 'stop-limit';
  const wantsStop = type === 'stop' || type === 'stop-limit';
  return (
    terms.clientOrderId === '' ||
    wantsLimit !== (terms.limitPrice !== null) ||
    wantsStop !== (terms.stopPrice !== null) ||
    (timeInForce === 'ioc') !== (type === 'market') ||
    (timeInForce === 'gtd') !== (expiresAt !== null) ||
    !isSlippageBound(terms) ||
    (type !== 'market' && terms.seenPrice !== null)
  );
}
