import {
  countDecimals,
  formatDecimal,
  type Instrument,
  type InstrumentTerms,
  markUpQuote,
  midPrice,
  parseDecimal,
  type Ticks,
} from '@repo/trading-core';
import type { DropReason } from './drop-reason.ts';
import type { Quote } from './parse-quote.ts';

/** A quote as clients trade it: both sides in whole ticks, with as many digits as the tick size has. */
export interface MarkedUpQuote {
  readonly bid: string;
  readonly ask: string;
  /** Of these two. */
  readonly mid: number;
}

/** Adds the broker's mark-up to a source's quote; or says why that cannot be traded on. To be applied once. */
export function markUp(
  { tickSize }: Instrument,
  terms: InstrumentTerms,
  quote: Pick<Quote, 'bid' | 'ask'>,
): MarkedUpQuote | DropReason {
  const marked = markUpQuote(tickSize, terms, quote);
  if (marked === undefined) return 'not-finite';
  if (marked.bid <= 0) return 'not-positive';
  const [bid, ask] = [textOf(marked.bid, tickSize), textOf(marked.ask, tickSize)];
  const mid = midPrice(bid, ask);
  return mid === undefined ? 'not-finite' : { bid, ask, mid };
}

function textOf(count: Ticks, tickSize: string): string {
  const decimals = countDecimals(tickSize);
  return formatDecimal(count * (parseDecimal(tickSize, decimals) as number), decimals);
}
