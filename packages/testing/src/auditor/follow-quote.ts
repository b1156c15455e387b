import type { PositionSide, Quote } from '@repo/trading-core';
import type { Audit } from './audit.ts';
import type { AuditedAccount, AuditedMarket } from './books.ts';
import { firstEntry, firstExit, type Trigger } from './first-trigger.ts';
import { followClosing } from './follow-closing.ts';
import { followOrderFill, removeOrder } from './follow-order-fill.ts';
import { followReview } from './follow-review.ts';
import { judgeFill } from './judge-fill.ts';
import { isNearLevel } from './margin.ts';
import { tradingStateOf } from './trading-state-of.ts';

/** Expects what a quote sets off: trailing stops follow, then levels, then margin levels. */
export function followQuote(audit: Audit, market: AuditedMarket, quote: Quote): void {
  // Prices that are not live are not believed.
  market.quote = quote.status === 'live' ? quote : { ...quote, ...pricesOf(market.quote ?? quote) };
  market.isSettled = quote.status === 'live' && tradingStateOf(audit.books, market) !== 'halted';
  if (quote.status !== 'live') return;
  followTrailingStops(audit, market, 'long', quote.bid);
  followTrailingStops(audit, market, 'short', quote.ask);
  if (!market.isSettled) return;
  followTriggers(audit, market, quote);
  followReviews(audit, market);
}

function pricesOf({ bid, ask }: Quote): Pick<Quote, 'bid' | 'ask'> {
  return { bid, ask };
}

function followTrailingStops(audit: Audit, market: AuditedMarket, side: PositionSide, price: number): void {
  let hasMoved = false;
  for (const position of market.positions) {
    const best = position.trailingBest;
    if (position.side !== side || best === null) continue;
    if (side === 'long' ? price <= best : price >= best) continue;
    position.trailingBest = price;
    hasMoved = true;
  }
  if (hasMoved) audit.cursor.expect({ type: 'trailing-best-reached', asset: market.terms.asset, side, price });
}

function followTriggers(audit: Audit, market: AuditedMarket, quote: Quote): void {
  for (;;) {
    const exit = firstExit(market, quote);
    const entry = exit === undefined ? firstEntry(market, quote) : undefined;
    if (exit !== undefined) {
      const { item: position, rule, level } = exit;
      followClosing(audit, position, position.quantity, { rule, level, orderId: null });
      followReview(audit, position.account);
    } else if (entry !== undefined) followEntry(audit, entry, quote);
    else return;
  }
}

function followEntry(
  audit: Audit,
  { item: order, rule, level }: Trigger<AuditedMarket['orders'][number]>,
  quote: Quote,
) {
  const { books, cursor } = audit;
  const { account, market, terms } = order;
  const fact = { accountId: account.id, orderId: order.id };
  audit.touched.add(account.id);
  if (terms.type === 'stop-limit' && !order.isTriggered) {
    cursor.expect({ type: 'order-triggered', ...fact, quote });
    order.isTriggered = true;
    return;
  }
  const verdict = judgeFill(books, account, market, terms.side, terms.quantity);
  if (verdict === undefined) {
    followOrderFill(audit, { account, market, orderId: order.id, terms, rule, level });
    removeOrder(audit, order.id);
    followReview(audit, account);
    return;
  }
  const actual = cursor.peek();
  const told = actual?.type === 'order-rejected' ? actual.refusal.figures : {};
  const figures = { ...told, ...verdict.figures };
  cursor.expect({ type: 'order-rejected', ...fact, quote, refusal: { type: 'refused', code: verdict.code, figures } });
  removeOrder(audit, order.id);
}

/** The accounts that hold the instrument, in order of their opening, at the newest quotes of all that they hold. */
function followReviews(audit: Audit, market: AuditedMarket): void {
  const holders = new Set<AuditedAccount>();
  for (const { account } of market.positions) holders.add(account);
  const near = [...holders].filter(isNearLevel);
  near.sort((a, b) => a.ordinal - b.ordinal);
  for (const account of near) followReview(audit, account);
}
