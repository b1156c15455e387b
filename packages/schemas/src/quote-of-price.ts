import { defaultInstruments, type Instrument, parseDecimal, type Quote, ticks } from '@repo/trading-core';
import type { Price } from './http.ts';

const instruments: ReadonlyMap<string, Instrument> = new Map(defaultInstruments.map((one) => [one.asset, one]));
/** More digits than any tick size has: prices and ticks are counted in units of 10^-this. */
const DECIMALS = 8;

/** A price of the wire as the core trades it; `undefined` when it is of no instrument, or not in whole ticks. */
export function quoteOfPrice({ asset, bid, ask, sequence, timestamp, source, status }: Price): Quote | undefined {
  const instrument = instruments.get(asset);
  if (instrument === undefined) return undefined;
  const [bidTicks, askTicks] = [toTicks(bid, instrument), toTicks(ask, instrument)];
  if (bidTicks === undefined || askTicks === undefined) return undefined;
  return { asset, bid: ticks(bidTicks), ask: ticks(askTicks), sequence, at: timestamp, source, status };
}

function toTicks(text: string, { tickSize }: Instrument): number | undefined {
  const [price, tick] = [parseDecimal(text, DECIMALS), parseDecimal(tickSize, DECIMALS)];
  if (price === undefined || tick === undefined) return undefined;
  return price % tick === 0 ? price / tick : undefined;
}
