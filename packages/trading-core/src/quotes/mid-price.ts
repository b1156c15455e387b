import { countDecimals, formatDecimal, parseDecimal } from '../numbers/decimal.ts';

/**
 * The mid of a quote, (bid + ask) / 2, computed in integers so that the number returned is the one nearest to the
 * exact decimal.
 *
 * @returns `undefined` when a side is not a decimal string or the sum leaves the safe integers.
 */
export function midPrice(bid: string, ask: string): number | undefined {
  const decimals = Math.max(countDecimals(bid), countDecimals(ask));
  const bidUnits = parseDecimal(bid, decimals);
  const askUnits = parseDecimal(ask, decimals);
  if (bidUnits === undefined || askUnits === undefined) return undefined;
  const tenths = (bidUnits + askUnits) * 5;
  return Number.isSafeInteger(tenths) ? Number(formatDecimal(tenths, decimals + 1)) : undefined;
}
