import type { Market } from '../instruments/market.ts';
import { checkFill } from '../margin/check-fill.ts';
import { reviewMargin } from '../margin/review-margin.ts';
import type { Ticks } from '../numbers/units.ts';
import { entryPrice, waitsForStop } from '../orders/entry-price.ts';
import { fillOrder } from '../orders/fill-order.ts';
import type { Order } from '../orders/order.ts';
import { fillClosing } from '../positions/fill-closing.ts';
import type { Position } from '../positions/position.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Decision, emit, nextSequence } from '../shard/decision.ts';
import type { LevelHeap } from './level-heap.ts';
import type { TrailingStops } from './trailing-stops.ts';

/**
 * Sets off every level that the quote has reached, one at a time, each on the state that the one before left:
 *
 * 1. exits before entries, so that no entry is refused for margin that an exit sets free;
 * 2. among exits stops before targets, among entries limits before stops, and longs (buys) before shorts (sells);
 * 3. the level that the price came by first; of equal levels that of the older position or order.
 *
 * What a fill brings in, such as a position whose stop loss lies beyond the gap that opened it, takes its turn at the
 * same quote.
 */
export function setOffTriggers(decision: Decision, market: Market, quote: Quote): void {
  while (setOffExit(decision, market, quote) || setOffEntry(decision, market, quote));
}

function setOffExit(decision: Decision, market: Market, quote: Quote): boolean {
  const { bid, ask } = quote;
  return (
    setOffStop(decision, market.longStopLosses, market.longTrailingStops, bid, quote) ||
    setOffStop(decision, market.shortStopLosses, market.shortTrailingStops, ask, quote) ||
    setOffTakeProfit(decision, market.longTakeProfits, bid, quote) ||
    setOffTakeProfit(decision, market.shortTakeProfits, ask, quote)
  );
}

/** The first of the fixed and the trailing stops: the one whose level is closer to where the price came from. */
function setOffStop(
  decision: Decision,
  fixed: LevelHeap<Position>,
  trailing: TrailingStops,
  price: Ticks,
  quote: Quote,
): boolean {
  const stopLoss = fixed.isReachedBy(price) ? fixed.first() : undefined;
  const trailingStop = trailing.isReachedBy(price) ? trailing.first() : undefined;
  if (stopLoss !== undefined && trailingStop !== undefined) {
    const lead = Math.abs((stopLoss.stopLoss as Ticks) - price) - Math.abs(trailing.levelOf(trailingStop) - price);
    const isFixedFirst = lead > 0 || (lead === 0 && stopLoss.id <= trailingStop.id);
    if (isFixedFirst) setOff(decision, stopLoss, quote, 'stop-loss', stopLoss.stopLoss);
    else setOff(decision, trailingStop.position, quote, 'trailing-stop', trailing.levelOf(trailingStop));
    return true;
  }
  if (stopLoss !== undefined) setOff(decision, stopLoss, quote, 'stop-loss', stopLoss.stopLoss);
  else if (trailingStop !== undefined) {
    setOff(decision, trailingStop.position, quote, 'trailing-stop', trailing.levelOf(trailingStop));
  } else return false;
  return true;
}

function setOffTakeProfit(decision: Decision, heap: LevelHeap<Position>, price: Ticks, quote: Quote): boolean {
  const position = heap.isReachedBy(price) ? heap.first() : undefined;
  if (position === undefined) return false;
  setOff(decision, position, quote, 'take-profit', position.takeProfit);
  return true;
}

function setOff(
  decision: Decision,
  position: Position,
  quote: Quote,
  rule: 'stop-loss' | 'take-profit' | 'trailing-stop',
  level: Ticks | null,
): void {
  fillClosing(decision, position, position.quantity, quote, rule, level, null);
  reviewMargin(decision, position.leg.account);
}

function setOffEntry(decision: Decision, market: Market, { bid, ask }: Quote): boolean {
  const order =
    reached(market.buyLimits, ask) ??
    reached(market.sellLimits, bid) ??
    reached(market.buyStops, ask) ??
    reached(market.sellStops, bid);
  if (order === undefined) return false;
  enter(decision, order, market.quote as Quote);
  return true;
}

function reached(heap: LevelHeap<Order>, price: Ticks): Order | undefined {
  return heap.isReachedBy(price) ? heap.first() : undefined;
}

function enter(decision: Decision, order: Order, quote: Quote): void {
  const { shard, at } = decision;
  const { account, market, terms } = order;
  const fact = { sequence: nextSequence(decision), at, accountId: account.id, orderId: order.id };
  if (terms.type === 'stop-limit' && waitsForStop(terms, order.isTriggered)) {
    emit(decision, { type: 'order-triggered', ...fact, quote });
    return;
  }
  const refusal = checkFill(shard, account, market, terms.side, terms.quantity);
  if (refusal !== undefined) {
    emit(decision, { type: 'order-rejected', ...fact, quote, refusal });
    return;
  }
  const level = entryPrice(terms, order.isTriggered);
  fillOrder(decision, { account, market, orderId: order.id, terms, quote, rule: terms.type, level });
  reviewMargin(decision, account);
}
