import type { Account } from '../accounts/account.ts';
import type { PlaceOrder } from '../command.ts';
import type { Market } from '../instruments/market.ts';
import { refuseLimit } from '../limits/check-exposure.ts';
import { isRefused, liveQuote, refuseHalted, tradingStateOf } from '../limits/tradable.ts';
import { checkLive, checkOpening } from '../margin/check-fill.ts';
import { reviewMargin } from '../margin/review-margin.ts';
import type { Repeated } from '../outcome.ts';
import { netFill } from '../positions/net-fill.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Refused, refuse } from '../refusal.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import { checkEntryLevel, checkOrderExitLevels, checkTicks } from './check-levels.ts';
import { checkQuantity } from './check-quantity.ts';
import { checkSlippage, isSlippageBound } from './check-slippage.ts';
import { isToCome } from './expire-orders.ts';
import { fillOrder } from './fill-order.ts';
import { isSameOrder, type OrderTerms, termsOf } from './order-terms.ts';

/** A market order is filled at once or refused; the others are accepted and wait. */
export function placeOrder(decision: Decision, command: PlaceOrder): Refused | Repeated | undefined {
  const { shard } = decision;
  const terms = termsOf(command);
  const account = shard.accounts.get(command.accountId);
  const earlier = account && shard.recentOrders.find(account.id, terms.clientOrderId);
  // First of all: a retry finds its order, also one that has expired meanwhile.
  if (earlier !== undefined && isSameOrder(earlier.terms, terms)) return { type: 'repeated', orderId: earlier.orderId };
  const contradiction = contradictionIn(terms, command.at);
  if (contradiction !== undefined) return refuse('invalid-command', { reason: contradiction });
  if (account === undefined) return refuse('unknown-account', { accountId: command.accountId });
  if (earlier !== undefined) {
    return refuse('duplicate-client-order-id', { clientOrderId: terms.clientOrderId, orderId: earlier.orderId });
  }
  const market = shard.markets.get(terms.asset);
  if (market === undefined) return refuse('unknown-instrument', { asset: terms.asset });
  const state = tradingStateOf(shard, market);
  if (state !== 'active' && (state === 'halted' || netFill(account, market, terms.side, terms.quantity).opened > 0)) {
    return refuseHalted(market, state);
  }
  const wrong =
    checkQuantity(terms.quantity, market.terms.quantityMin, market.terms.quantityMax) ??
    checkTicks(market.terms, terms);
  if (wrong !== undefined) return wrong;
  const quote = liveQuote(market);
  if (isRefused(quote)) return quote;
  return terms.type === 'market'
    ? placeMarketOrder(decision, account, market, terms, quote)
    : placePendingOrder(decision, account, terms, quote);
}

function placeMarketOrder(
  decision: Decision,
  account: Account,
  market: Market,
  terms: OrderTerms,
  quote: Quote,
): Refused | undefined {
  const net = netFill(account, market, terms.side, terms.quantity);
  const refused =
    checkLive(account, net) ??
    checkOrderExitLevels(terms, quote) ??
    checkSlippage(terms, terms.side === 'buy' ? quote.ask : quote.bid) ??
    checkOpening(decision.shard, account, market, terms.side, net, quote);
  if (refused !== undefined) return refused;
  const orderId = accept(decision, account, terms);
  fillOrder(decision, { account, market, orderId, terms, quote, rule: 'market', level: null });
  reviewMargin(decision, account);
  return undefined;
}

function placePendingOrder(decision: Decision, account: Account, terms: OrderTerms, quote: Quote): Refused | undefined {
  const refused = checkEntryLevel(terms, false, quote) ?? checkOrderExitLevels(terms, quote);
  if (refused !== undefined) return refused;
  const max = account.profile.pendingOrdersMax;
  if (account.pendingOrders >= max) return refuseLimit('account-pending-orders', account.pendingOrders, 1, max);
  accept(decision, account, terms);
  return undefined;
}

function accept(decision: Decision, account: Account, terms: OrderTerms): number {
  const orderId = decision.shard.nextOrderId;
  emit(decision, {
    type: 'order-accepted',
    sequence: nextSequence(decision),
    at: decision.at,
    accountId: account.id,
    orderId,
    terms,
  });
  return orderId;
}

/** What is wrong with the command in itself, whatever the state. */
function contradictionIn(terms: OrderTerms, at: number): string | undefined {
  const { type, timeInForce } = terms;
  const needsLimit = type === 'limit' || type === 'stop-limit';
  const needsStop = type === 'stop' || type === 'stop-limit';
  if (terms.clientOrderId === '') return 'clientOrderId is empty';
  if (needsLimit !== (terms.limitPrice !== null))
    return needsLimit ? 'limitPrice is missing' : 'limitPrice is not used';
  if (needsStop !== (terms.stopPrice !== null)) return needsStop ? 'stopPrice is missing' : 'stopPrice is not used';
  if ((type === 'market') !== (timeInForce === 'ioc')) return 'ioc is for market orders, and they are always ioc';
  if ((timeInForce === 'gtd') !== (terms.expiresAt !== null)) return 'expiresAt is for gtd orders, and they need it';
  if (terms.expiresAt !== null && !isToCome(terms.expiresAt, at)) return 'expiresAt is not a moment to come';
  if (!isSlippageBound(terms)) return 'seenPrice and slippageMax go together, as whole ticks';
  if (type !== 'market' && terms.seenPrice !== null) return 'seenPrice and slippageMax are for market orders';
  return undefined;
}
