import type { InstrumentTerms } from '../instruments/instrument-terms.ts';
import type { Ticks } from '../numbers/units.ts';
import type { PositionLevels } from '../positions/position-levels.ts';
import { openedBy, type PositionSide } from '../positions/position-side.ts';
import { closingPrice } from '../positions/unrealized-pnl.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Refused, refuse } from '../refusal.ts';
import { entryPrice, waitsForStop } from './entry-price.ts';
import type { OrderTerms } from './order-terms.ts';

/** Whether a price, if given, is a whole number of ticks within the instrument's prices. */
export function checkTick(terms: InstrumentTerms, field: string, price: Ticks | null): Refused | undefined {
  return checkWithin(field, price, terms.priceMin, terms.priceMax);
}

/** Whether a distance, if given, is a whole number of ticks, one at least. */
export function checkDistance(terms: InstrumentTerms, field: string, distance: Ticks | null): Refused | undefined {
  return checkWithin(field, distance, 1, terms.priceMax);
}

function checkWithin(field: string, price: Ticks | null, min: number, max: number): Refused | undefined {
  if (price === null || (Number.isSafeInteger(price) && price >= min && price <= max)) return undefined;
  return refuse('price-not-a-tick', { field, price, min, max });
}

/** Whether every price and distance of the order is one, see `checkTick`. */
export function checkTicks(instrument: InstrumentTerms, terms: OrderTerms): Refused | undefined {
  return (
    checkTick(instrument, 'limitPrice', terms.limitPrice) ??
    checkTick(instrument, 'stopPrice', terms.stopPrice) ??
    checkTick(instrument, 'stopLoss', terms.stopLoss) ??
    checkTick(instrument, 'takeProfit', terms.takeProfit) ??
    checkDistance(instrument, 'trailingDistance', terms.trailingDistance)
  );
}

/**
 * Whether the price that a pending order waits for has yet to come: a buy limit lies below the ask, a buy stop above
 * it; a sell limit above the bid, a sell stop below it. A level equal to the price is one that has come.
 */
export function checkEntryLevel(terms: OrderTerms, isTriggered: boolean, quote: Quote): Refused | undefined {
  const level = entryPrice(terms, isTriggered);
  const isStop = waitsForStop(terms, isTriggered);
  const isAbove = isStop === (terms.side === 'buy');
  const price = terms.side === 'buy' ? quote.ask : quote.bid;
  if (isAbove ? level > price : level < price) return undefined;
  return refuse('level-on-wrong-side', { field: isStop ? 'stopPrice' : 'limitPrice', level, price });
}

/**
 * Whether stop loss and take profit lie on their sides of `price`: a long's stop loss below and take profit above it,
 * a short's the other way round.
 */
export function checkExitLevels(
  side: PositionSide,
  { stopLoss, takeProfit }: Pick<PositionLevels, 'stopLoss' | 'takeProfit'>,
  price: Ticks,
): Refused | undefined {
  const sign = side === 'long' ? 1 : -1;
  if (stopLoss !== null && sign * (price - stopLoss) <= 0) {
    return refuse('level-on-wrong-side', { field: 'stopLoss', level: stopLoss, price });
  }
  if (takeProfit !== null && sign * (takeProfit - price) <= 0) {
    return refuse('level-on-wrong-side', { field: 'takeProfit', level: takeProfit, price });
  }
  return undefined;
}

/** Exit levels of an order: seen from where the position would be closed now, or from where it is to be opened. */
export function checkOrderExitLevels(terms: OrderTerms, quote: Quote): Refused | undefined {
  const side = openedBy(terms.side);
  if (terms.type === 'market') return checkExitLevels(side, terms, closingPrice(side, quote));
  return checkExitLevels(side, terms, (terms.type === 'stop' ? terms.stopPrice : terms.limitPrice) as Ticks);
}
