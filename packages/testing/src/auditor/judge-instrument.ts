import type { InstrumentTerms, Quote, RefusalCode } from '@repo/trading-core';
import type { Books } from './books.ts';

export function judgeListInstrument(books: Books, terms: InstrumentTerms): RefusalCode | undefined {
  const { assetClass, tickValue, priceMin, priceMax, quantityMin, quantityMax, spreadMin, netQuantityMax } = terms;
  const { markUpPpm, commissionPpm, commissionMin, swapLongPpm, swapShortPpm } = terms;
  const figures = [tickValue, priceMin, priceMax, quantityMin, quantityMax, spreadMin, netQuantityMax];
  const rates = [markUpPpm, commissionPpm, swapLongPpm, swapShortPpm];
  const isWhole = [...figures, ...rates, commissionMin].every((figure) => Number.isSafeInteger(figure));
  const isRange = quantityMin >= 1 && quantityMax >= quantityMin && priceMax >= 1 && priceMax >= priceMin;
  const isRate = rates.every((rate) => rate <= 1_000_000 && rate >= -1_000_000) && markUpPpm >= 0 && commissionPpm >= 0;
  const isPositive = tickValue >= 1 && spreadMin >= 0 && netQuantityMax >= 0 && commissionMin >= 0;
  if (terms.asset === '' || !isWhole || !isRange || !isRate || !isPositive) return 'invalid-command';
  const listed = books.markets.get(terms.asset)?.terms;
  if (listed === undefined) return undefined;
  const isSame =
    listed.assetClass === assetClass &&
    listed.tickValue === tickValue &&
    listed.priceMin === priceMin &&
    listed.priceMax === priceMax;
  return isSame ? undefined : 'invalid-command';
}

export function judgeQuote(books: Books, quote: Quote): RefusalCode | undefined {
  const market = books.markets.get(quote.asset);
  if (market === undefined) return 'unknown-instrument';
  const { bid, ask, sequence } = quote;
  const isWhole = [bid, ask, sequence].every((figure) => Number.isSafeInteger(figure));
  const isWithin = bid >= market.terms.priceMin && ask <= market.terms.priceMax;
  if (!isWhole || !isWithin || bid > ask) return 'invalid-quote';
  return market.quote !== null && sequence <= market.quote.sequence ? 'quote-out-of-order' : undefined;
}
