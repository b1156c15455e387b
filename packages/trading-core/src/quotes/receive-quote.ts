import type { Event } from '../event.ts';
import type { Market } from '../instruments/market.ts';
import { tradingStateOf } from '../limits/tradable.ts';
import { renewCrossedGuards, reviewCrossedGuards } from '../margin/review-crossed-guards.ts';
import type { Accepted } from '../outcome.ts';
import { type Refused, refuse } from '../refusal.ts';
import type { Shard } from '../shard/shard.ts';
import { followTrailingStops } from '../triggers/follow-trailing-stops.ts';
import { setOffTriggers } from '../triggers/set-off-triggers.ts';
import { keepQuote } from './keep-quote.ts';
import type { Quote } from './quote.ts';

const untouched: Accepted = { type: 'accepted', events: [] };

/**
 * Takes a new quote and does all that it sets off, in this order: trailing stops follow it; levels that it reaches are
 * set off, see `setOffTriggers`; accounts whose margin guards it leaves are reviewed, in order of their opening. A quote
 * of a halted instrument only changes what is worth what. One that is not live changes the status and nothing else: its
 * prices are not believed, and what is held stays worth what it was at the last live ones.
 */
export function receiveQuote(shard: Shard, quote: Quote): Accepted | Refused {
  const market = shard.markets.get(quote.asset);
  if (market === undefined) return refuse('unknown-instrument', { asset: quote.asset });
  const refused = checkQuote(market, quote);
  if (refused !== undefined) return refused;
  keepQuote(market, quote);
  if (quote.status !== 'live' || !isTouchedBy(market, quote)) return untouched;
  const events: Event[] = [];
  const decision = { shard, at: quote.at, events };
  followTrailingStops(decision, market, quote);
  if (tradingStateOf(shard, market) !== 'halted') {
    setOffTriggers(decision, market, quote);
    reviewCrossedGuards(decision, market, quote);
  } else {
    renewCrossedGuards(market, quote);
  }
  return { type: 'accepted', events };
}

function checkQuote({ terms, quote: last }: Market, quote: Quote): Refused | undefined {
  const { asset, bid, ask, sequence } = quote;
  const isWithin = bid >= terms.priceMin && ask <= terms.priceMax && bid <= ask;
  if (!(isWithin && Number.isSafeInteger(bid) && Number.isSafeInteger(ask) && Number.isSafeInteger(sequence))) {
    return refuse('invalid-quote', { asset, bid, ask, sequence, min: terms.priceMin, max: terms.priceMax });
  }
  if (last === null || sequence > last.sequence) return undefined;
  return refuse('quote-out-of-order', { asset, sequence, lastSequence: last.sequence });
}

/** Whether anything waits for this quote: a dozen comparisons, however much is open. */
function isTouchedBy(market: Market, { bid, ask }: Quote): boolean {
  return (
    market.longStopLosses.isReachedBy(bid) ||
    market.longTakeProfits.isReachedBy(bid) ||
    market.shortStopLosses.isReachedBy(ask) ||
    market.shortTakeProfits.isReachedBy(ask) ||
    market.buyLimits.isReachedBy(ask) ||
    market.sellLimits.isReachedBy(bid) ||
    market.buyStops.isReachedBy(ask) ||
    market.sellStops.isReachedBy(bid) ||
    market.bidFloors.isReachedBy(bid) ||
    market.bidCeilings.isReachedBy(bid) ||
    market.askFloors.isReachedBy(ask) ||
    market.askCeilings.isReachedBy(ask) ||
    market.overdue.size > 0 ||
    market.longTrailingStops.isTouchedBy(bid) ||
    market.shortTrailingStops.isTouchedBy(ask)
  );
}
