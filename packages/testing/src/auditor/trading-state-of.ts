import type { Quote, TradingState } from '@repo/trading-core';
import type { AuditedMarket, Books } from './books.ts';

/** The stricter of the instrument's and the firm's. */
export function tradingStateOf(books: Books, market: AuditedMarket): TradingState {
  const states = [books.state, market.state];
  if (states.includes('halted')) return 'halted';
  return states.includes('reducing') ? 'reducing' : 'active';
}

export function isLive(market: AuditedMarket): market is AuditedMarket & { quote: Quote } {
  return market.quote !== null && market.quote.status === 'live';
}

/** Whether positions may be closed now. */
export function isClosable(books: Books, market: AuditedMarket): market is AuditedMarket & { quote: Quote } {
  return tradingStateOf(books, market) !== 'halted' && isLive(market);
}
