import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quoteOfPrice } from '@repo/schemas';
import { defaultInstruments, defaultTerms, type Instrument, type InstrumentTerms, ticks } from '@repo/trading-core';
import { markUp } from './mark-up.ts';

function instrumentOf(asset: string): readonly [Instrument, InstrumentTerms] {
  const instrument = defaultInstruments.find((one) => one.asset === asset) ?? assert.fail();
  return [instrument, defaultTerms.find((one) => one.asset === asset) ?? assert.fail()];
}

describe('markUp', () => {
  // Half = half the spread, at least half a tick, + 200 ppm of the mid; down and up to whole ticks.
  for (const [what, asset, bid, ask, expected] of [
    // Mid 200.01, half 0.01 + 0.040002.
    ['widens both sides', 'SOL_USDC', '200', '200.02', { bid: '199.95', ask: '200.07', mid: 200.01 }],
    // Mid 61,837.635, half 0.05 + 12.367527.
    [
      'brings eight digits to ticks',
      'BTC_USDC',
      '61837.63',
      '61837.64',
      { bid: '61825.2', ask: '61850.1', mid: 61_837.65 },
    ],
    // Mid 250.0, half 0.0501: 249.94 and 250.06 with 0.01; written with the digits of the tick.
    ['keeps the zeros of a tick', 'BNB_USDC', '249.9499', '250.05', { bid: '249.89', ask: '250.10', mid: 249.995 }],
    [
      'takes prices of small assets',
      'DOGE_USDC',
      '0.12345',
      '0.12346',
      { bid: '0.12342', ask: '0.12349', mid: 0.123455 },
    ],
    ['refuses a bid that ends at zero', 'SOL_USDC', '0.003', '0.004', 'not-positive'],
    ['refuses more digits than can be exact', 'SOL_USDC', '195.8200000000000000000001', '195.83', 'not-finite'],
  ] as const) {
    it(`${what}: ${bid} / ${ask}`, () => assert.deepEqual(markUp(...instrumentOf(asset), { bid, ask }), expected));
  }

  it('gives what the trading engine reads as the same ticks', () => {
    for (const { asset } of defaultInstruments) {
      const marked = markUp(...instrumentOf(asset), { bid: '101.23456', ask: '101.23457' });
      assert.ok(typeof marked === 'object');
      const { bid, ask } = marked;
      const quote = { asset, bid, ask, price: marked.mid, sequence: 1, timestamp: 1 } as const;
      const read = quoteOfPrice({ ...quote, status: 'live', source: 'replay' });
      assert.ok(read !== undefined, asset);
      const [instrument] = instrumentOf(asset);
      assert.equal((read.bid * Number(instrument.tickSize)).toFixed(instrument.priceDecimals), bid);
      assert.equal((read.ask * Number(instrument.tickSize)).toFixed(instrument.priceDecimals), ask);
    }
  });

  it('writes a tick that is no power of ten', () => {
    const [instrument, terms] = instrumentOf('SOL_USDC');
    const coarse = { ...instrument, tickSize: '0.25' };
    assert.deepEqual(markUp(coarse, { ...terms, markUpPpm: 0, spreadMin: ticks(0) }, { bid: '10.10', ask: '10.30' }), {
      bid: '10.00',
      ask: '10.50',
      mid: 10.25,
    });
  });
});
