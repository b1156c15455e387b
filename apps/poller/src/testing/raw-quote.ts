import type { RawQuote } from '../sources/source.ts';

/** A quote of SOL_USDC from Backpack, with what the test cares about. */
export function rawQuote(overrides: Partial<RawQuote> = {}): RawQuote {
  return {
    source: 'backpack',
    asset: 'SOL_USDC',
    symbol: 'SOL_USDC',
    bid: '218.58',
    ask: '218.61',
    epoch: 1,
    receivedAtMs: 0,
    role: 'primary',
    ...overrides,
  };
}
