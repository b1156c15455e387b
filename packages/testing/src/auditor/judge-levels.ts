import type { InstrumentTerms, OrderTerms, PositionSide, Quote } from '@repo/trading-core';

interface Prices {
  readonly limitPrice?: number | null;
  readonly stopPrice?: number | null;
  readonly stopLoss: number | null;
  readonly takeProfit: number | null;
  readonly trailingDistance: number | null;
}

/** Whether every price that is given is a whole number of ticks within the instrument's, and the distance one too. */
export function areTicks({ priceMin, priceMax }: InstrumentTerms, prices: Prices): boolean {
  const { limitPrice = null, stopPrice = null, stopLoss, takeProfit, trailingDistance } = prices;
  const areWithin = [limitPrice, stopPrice, stopLoss, takeProfit].every(
    (price) => price === null || (Number.isSafeInteger(price) && price >= priceMin && price <= priceMax),
  );
  const isDistance =
    trailingDistance === null ||
    (Number.isSafeInteger(trailingDistance) && trailingDistance >= 1 && trailingDistance <= priceMax);
  return areWithin && isDistance;
}

/** Whether a pending order waits on the side of the price from which it has yet to come. */
export function isEntryToCome(terms: OrderTerms, isTriggered: boolean, quote: Quote): boolean {
  const { type, side, limitPrice, stopPrice } = terms;
  const waitsForStop = type === 'stop' || (type === 'stop-limit' && !isTriggered);
  if (waitsForStop) return side === 'buy' ? (stopPrice as number) > quote.ask : (stopPrice as number) < quote.bid;
  return side === 'buy' ? (limitPrice as number) < quote.ask : (limitPrice as number) > quote.bid;
}

/** Whether stop loss and take profit lie on their sides of `price`. */
export function areExitsToCome(
  side: PositionSide,
  { stopLoss, takeProfit }: Pick<Prices, 'stopLoss' | 'takeProfit'>,
  price: number,
): boolean {
  if (side === 'long') return (stopLoss === null || stopLoss < price) && (takeProfit === null || takeProfit > price);
  return (stopLoss === null || stopLoss > price) && (takeProfit === null || takeProfit < price);
}

/** Exits of an order, seen from where its position would be closed now (market), or be opened (pending). */
export function areOrderExitsToCome(terms: OrderTerms, quote: Quote): boolean {
  const side = terms.side === 'buy' ? 'long' : 'short';
  const market = side === 'long' ? quote.bid : quote.ask;
  const price = { market, stop: terms.stopPrice, limit: terms.limitPrice, 'stop-limit': terms.limitPrice }[terms.type];
  return areExitsToCome(side, terms, price as number);
}
