import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Price } from './http.ts';
import { quoteOfPrice } from './quote-of-price.ts';

const price: Price = {
  asset: 'SOL_USDC',
  price: 195.825,
  bid: '195.80',
  ask: '195.85',
  sequence: 7,
  timestamp: 1_700_000_000_000,
  status: 'stale',
  source: 'backpack',
};

describe('quoteOfPrice', () => {
  it('gives the same quote in ticks', () => {
    assert.deepEqual(quoteOfPrice(price), {
      asset: 'SOL_USDC',
      bid: 19_580,
      ask: 19_585,
      sequence: 7,
      at: 1_700_000_000_000,
      status: 'stale',
      source: 'backpack',
    });
  });

  for (const [what, asset, bid, ask, expected] of [
    ['counts in the tick of each instrument', 'BTC_USDC', '60000.0', '60000.1', [600_000, 600_001]],
    ['does without zeros at the end', 'BTC_USDC', '60000', '60010', [600_000, 600_100]],
    ['takes more zeros than the tick has digits', 'SOL_USDC', '195.8000', '195.8500', [19_580, 19_585]],
    ['takes the smallest tick', 'DOGE_USDC', '0.00001', '0.12346', [1, 12_346]],
  ] as const) {
    it(what, () => {
      const quote = quoteOfPrice({ ...price, asset, bid, ask });
      assert.deepEqual([quote?.bid, quote?.ask], expected);
    });
  }

  for (const [what, fields] of [
    ['no instrument', { asset: 'XRP_USDC' }],
    ['a bid between ticks', { bid: '195.805' }],
    ['an ask between ticks', { ask: '195.855' }],
    ['more digits than any tick has', { ask: '195.850000001' }],
    ['more than can be counted exactly', { ask: '900719925.47409920' }],
    ['no decimal', { bid: '1e2' }],
  ] as const) {
    it(`gives nothing of ${what}`, () => assert.equal(quoteOfPrice({ ...price, ...fields }), undefined));
  }
});
