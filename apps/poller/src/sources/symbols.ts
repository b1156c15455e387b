import type { Instrument } from '@repo/trading-core';

/** Backpack's markets for an instrument, best first: the spot market, then the perpetual. */
export function backpackSymbols(instrument: Instrument): readonly [spot: string, perpetual: string] {
  return [instrument.asset, `${instrument.asset}_PERP`];
}

/** Binance's market for an instrument. Its pairs in USDT are the deepest; USDC and USDT differ by a few basis points. */
export function binanceSymbol(instrument: Instrument): string {
  return `${instrument.base}USDT`;
}

/** Every name under which a recording may hold an instrument. */
export function recordedSymbols(instrument: Instrument): readonly string[] {
  return [...backpackSymbols(instrument), binanceSymbol(instrument), `${instrument.base}USDC`];
}
