import { countDecimals, formatDecimal, parseDecimal } from '../numbers/decimal.ts';

/**
 * The spread of a quote, ask − bid, computed in integers so that the number returned is the one nearest to the exact
 * decimal: 257.03 − 256.97 is 0.06.
 *
 * @returns `undefined` when a side is not a decimal string or leaves the safe integers.
 */
export function quoteSpread(bid: string, ask: string): number | undefined {
  const decimals = Math.max(countDecimals(bid), countDecimals(ask));
  const bidUnits = parseDecimal(bid, decimals);
  const askUnits = parseDecimal(ask, decimals);
  if (bidUnits === undefined || askUnits === undefined) return undefined;
  const units = askUnits - bidUnits;
  return Number.isSafeInteger(units) ? Number(formatDecimal(units, decimals)) : undefined;
}
