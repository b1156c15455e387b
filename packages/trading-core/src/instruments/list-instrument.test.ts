import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBook, type TermsGiven } from '../testing/book.ts';
import { defaultTerms, tickValue } from './default-terms.ts';
import { defaultInstruments } from './instrument.ts';

const noRange = 'quantityMin and quantityMax are no range';
const noPrices = 'priceMin and priceMax are no range';
const rate = 'a rate is outside 0 to 100 %';
const swapRate = 'a swap rate is outside ±100 %';
const limit = 'a limit is below zero';
const notWhole = 'a figure is not a whole number';

describe('list-instrument', () => {
  for (const [what, terms, reason] of [
    ['no symbol', { asset: '' }, 'asset is empty'],
    ['a tick value of nothing', { tickValue: 0 }, 'tickValue is below 1'],
    ['half a micro a tick', { tickValue: 0.5 }, notWhole],
    ['a quantity that is none', { quantityMin: Number.NaN }, notWhole],
    ['a quantity without end', { quantityMax: Number.POSITIVE_INFINITY }, notWhole],
    ['a price beyond what is exact', { priceMax: 2 ** 53 }, notWhole],
    ['half a ppm of commission', { commissionPpm: 0.5 }, notWhole],
    ['half a ppm of mark-up', { markUpPpm: 1.5 }, notWhole],
    ['half a ppm of swap', { swapShortPpm: -0.5 }, notWhole],
    ['orders of nothing', { quantityMin: 0 }, noRange],
    ['a largest quantity below the smallest', { quantityMin: 5, quantityMax: 4 }, noRange],
    ['no price above zero', { priceMin: -5, priceMax: 0 }, noPrices],
    ['a largest price below the smallest', { priceMin: 6, priceMax: 5 }, noPrices],
    ['a spread below zero', { spreadMin: -1 }, limit],
    ['a net quantity below zero', { netQuantityMax: -1 }, limit],
    ['a mark-up below zero', { markUpPpm: -1 }, rate],
    ['a mark-up above 100 %', { markUpPpm: 1_000_001 }, rate],
    ['a commission below zero', { commissionPpm: -1 }, rate],
    ['a commission above 100 %', { commissionPpm: 1_000_001 }, rate],
    ['a swap above 100 %', { swapLongPpm: 1_000_001 }, swapRate],
    ['a swap below −100 %', { swapShortPpm: -1_000_001 }, swapRate],
    ['a least commission below zero', { commissionMin: -1 }, 'commissionMin is below zero'],
  ] as const satisfies readonly (readonly [string, TermsGiven, string])[]) {
    it(`is refused for ${what}`, () => {
      const book = openBook();
      assert.deepEqual(book.list({ asset: 'UVW', ...terms }), ['refused invalid-command']);
      assert.deepEqual(book.figures, { reason, asset: 'asset' in terms ? terms.asset : 'UVW' });
      assert.ok(!book.shard.markets.has('UVW'));
    });
  }

  for (const [what, terms] of [
    [
      'ends of the ranges',
      { markUpPpm: 1_000_000, commissionPpm: 0, swapLongPpm: 1_000_000, swapShortPpm: -1_000_000 },
    ],
    ['one quantity', { quantityMin: 7, quantityMax: 7 }],
    ['one price', { priceMin: 1, priceMax: 1 }],
    ['prices below zero', { priceMin: -1_000, priceMax: 1_000 }],
    ['no net quantity', { netQuantityMax: 0 }],
  ] as const) {
    it(`is taken with ${what}`, () => {
      assert.deepEqual(openBook().list({ asset: 'UVW', ...terms }), ['instrument-listed']);
    });
  }

  for (const [name, terms] of [
    ['assetClass', { assetClass: 'gold' }],
    ['tickValue', { tickValue: 2_000_000 }],
    ['priceMin', { priceMin: 2 }],
    ['priceMax', { priceMax: 99_999 }],
  ] as const) {
    it(`does not change ${name} of a listed instrument`, () => {
      const book = openBook();
      assert.deepEqual(book.list(terms), ['refused invalid-command']);
      assert.deepEqual(book.figures, { reason: `${name} of a listed instrument cannot change`, asset: 'XYZ' });
    });
  }

  it('changes costs and limits of a listed instrument from the next fill on, and nothing of what is open', () => {
    const book = openBook();
    book.quote(1_000, 1_000);
    book.buy(2, { stopLoss: 900 });
    book.list({ commissionPpm: 1_000, quantityMin: 2, quantityMax: 3, netQuantityMax: 2, spreadMin: 9 });
    assert.deepEqual([book.balance, book.usedMargin], [1_000_000, 200]);
    assert.deepEqual(book.buy(4), ['refused quantity-above-maximum']);
    assert.deepEqual(book.buy(1), ['refused quantity-below-minimum']);
    assert.deepEqual(book.buy(2), ['refused exposure-limit']);
    assert.deepEqual(book.quote(900, 900), ['closed p1 sell 2 @ 900 by stop-loss at 900, commission 1.8, pnl -200']);
  });

  it('does not end a halt', () => {
    const book = openBook();
    book.setState('halted');
    book.list({ commissionPpm: 1 });
    assert.equal(book.market().tradingState, 'halted');
  });
});

describe('defaultTerms', () => {
  it('are taken, and agree with the sizes of the default instruments', () => {
    const book = openBook();
    assert.equal(defaultTerms.length, defaultInstruments.length);
    for (const terms of defaultTerms) {
      assert.deepEqual(book.do({ type: 'list-instrument', at: 0, terms }), ['instrument-listed']);
      const instrument = defaultInstruments.find(({ asset }) => asset === terms.asset);
      assert.equal(terms.tickValue, tickValue(instrument?.tickSize ?? '', instrument?.quantityStep ?? ''));
    }
  });
});

describe('tickValue', () => {
  for (const [tick, step, value] of [
    ['0.1', '0.00001', 1],
    ['0.01', '0.0001', 1],
    ['0.01', '0.01', 100],
    ['0.01', '0.001', 10],
    ['0.00001', '1', 10],
    ['1', '1', 1_000_000],
    ['0.25', '0.5', 125_000],
    ['0.01', '0.00001', undefined], // a tenth of a micro
    ['0', '1', undefined],
    ['-1', '1', undefined],
    ['x', '1', undefined],
  ] as const) {
    it(`of ${tick} × ${step} is ${value} micros`, () => assert.equal(tickValue(tick, step), value));
  }
});
