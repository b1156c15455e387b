import { formatDecimal, parseDecimal } from '@repo/trading-core';

/** Ask less bid, exactly, as a decimal string; `undefined` when a side has more digits than the instrument. */
export function spreadOf(bid: string, ask: string, decimals: number): string | undefined {
  const bidTicks = parseDecimal(bid, decimals);
  const askTicks = parseDecimal(ask, decimals);
  return bidTicks === undefined || askTicks === undefined ? undefined : formatDecimal(askTicks - bidTicks, decimals);
}
