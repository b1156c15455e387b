import { countDecimals, isDecimal, midPrice, parseDecimal } from '@repo/trading-core';

/** A quote whose sides are exact, positive and in order. */
export interface Quote {
  /** Decimal strings without trailing zeros. */
  readonly bid: string;
  readonly ask: string;
  readonly mid: number;
  /** ask − bid in price units. */
  readonly spread: number;
}

// The limit of DecimalSchema; no price needs as many digits.
const TEXT_LENGTH_MAX = 40;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

type QuoteFault = 'malformed' | 'not-finite' | 'not-positive' | 'crossed';

/** Reads the two sides of a quote exactly, or says what is wrong with them. */
export function parseQuote(bidText: string, askText: string): Quote | QuoteFault {
  const fault = sideFault(bidText) ?? sideFault(askText);
  if (fault !== undefined) return fault;
  const bid = trimZeros(bidText);
  const ask = trimZeros(askText);
  const decimals = Math.max(countDecimals(bid), countDecimals(ask));
  const bidUnits = parseDecimal(bid, decimals);
  const askUnits = parseDecimal(ask, decimals);
  const mid = midPrice(bid, ask);
  if (bidUnits === undefined || askUnits === undefined || mid === undefined) return 'not-finite';
  if (bidUnits <= 0 || askUnits <= 0) return 'not-positive';
  if (bidUnits >= askUnits) return 'crossed';
  return { bid, ask, mid, spread: (askUnits - bidUnits) / 10 ** decimals };
}

function sideFault(text: string): QuoteFault | undefined {
  if (text.length > TEXT_LENGTH_MAX) return 'malformed';
  if (isDecimal(text)) return undefined;
  if (NOT_FINITE.test(text)) return 'not-finite';
  return /^-0(?:\.0+)?$/.test(text) ? 'not-positive' : 'malformed';
}

/** `"61837.63000000"` → `"61837.63"`: the same number in its shortest form. */
function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
