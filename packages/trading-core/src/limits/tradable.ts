import type { Market } from '../instruments/market.ts';
import type { Quote } from '../quotes/quote.ts';
import { type Refused, refuse } from '../refusal.ts';
import type { Shard } from '../shard/shard.ts';
import { stricter, type TradingState } from './trading-state.ts';

/** The state that holds for an instrument: its own or the firm's, whichever is stricter. */
export function tradingStateOf(shard: Shard, market: Market): TradingState {
  return stricter(shard.tradingState, market.tradingState);
}

/** The quote at which a position may be closed now, or why not. */
export function quoteToClose(shard: Shard, market: Market): Quote | Refused {
  if (tradingStateOf(shard, market) === 'halted') return refuseHalted(market, 'halted');
  return liveQuote(market);
}

export function refuseHalted(market: Market, state: TradingState): Refused {
  return refuse('instrument-halted', { asset: market.terms.asset, state });
}

/** The market's quote if it is live. */
export function liveQuote({ quote, terms }: Market): Quote | Refused {
  if (quote?.status === 'live') return quote;
  return refuse('price-not-live', { asset: terms.asset, status: quote?.status ?? 'down' });
}

export function isRefused(value: Quote | Refused): value is Refused {
  return 'code' in value;
}
