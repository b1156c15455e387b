import type { PriceUpdate } from '@repo/schemas';
import { changed, type MalformedMessage, malformedAnyhow, withRaw } from './malformed-message.ts';

/** What can be wrong with a price. */
export function malformedPriceUpdates(good: PriceUpdate): readonly MalformedMessage[] {
  const cases: Record<string, [value: string, reason: RegExp]> = {
    'a price of zero': [changed(good, { price: 0 }), /at price/],
    'a price below zero': [changed(good, { price: -1 }), /at price/],
    'a price beyond a double': [withRaw(good, 'price', '1e999'), /at price/],
    'NaN as a price': [withRaw(good, 'price', 'NaN'), /^not JSON$/],
    'NaN in quotes as a price': [changed(good, { price: 'NaN' }), /at price/],
    'a bid with an exponent': [changed(good, { bid: '1e2' }), /at bid/],
    'NaN as a bid': [changed(good, { bid: 'NaN' }), /at bid/],
    'a bid as a number': [changed(good, { bid: 1 }), /at bid/],
    'a bid of 41 digits': [changed(good, { bid: '1'.repeat(41) }), /at bid/],
    'a bid below zero': [changed(good, { bid: '-1' }), /at bid/],
    'a bid of zero': [changed(good, { bid: '0' }), /at bid/],
    'a crossed quote': [changed(good, { bid: good.ask, ask: good.bid }), /at bid/],
    'an unknown status': [changed(good, { status: 'fresh' }), /at status/],
    'an unknown source': [changed(good, { source: 'rumour' }), /at source/],
    'an asset that is none': [changed(good, { asset: '__proto__' }), /at asset/],
    'an asset in small letters': [changed(good, { asset: 'sol_usdc' }), /at asset/],
    'a sequence below zero': [changed(good, { sequence: -1 }), /at sequence/],
    'a sequence and a half': [changed(good, { sequence: good.sequence + 0.5 }), /at sequence/],
    'a sequence that is not exact': [changed(good, { sequence: 2 ** 53 }), /at sequence/],
    'a timestamp beyond the year 9999': [changed(good, { timestamp: 8e15 }), /at timestamp/],
  };
  return [
    ...malformedAnyhow(good, good.asset),
    ...Object.entries(cases).map(([what, [value, reason]]) => ({ what, message: { key: good.asset, value }, reason })),
  ];
}
