import type { Market } from '../instruments/market.ts';
import type { Quote } from './quote.ts';

/**
 * Makes a quote the market's newest, and does nothing else: `receiveQuote` begins with it, and so does folding events,
 * which need quotes beside them. Prices that are not live are not believed: only their status counts.
 */
export function keepQuote(market: Market, quote: Quote): void {
  const last = market.quote;
  market.quote = quote.status === 'live' || last === null ? quote : { ...quote, bid: last.bid, ask: last.ask };
}
