import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LeverageTiers } from '../accounts/profile.ts';
import { MICROS_PER_UNIT, micros } from '../numbers/units.ts';
import { openBook, plainProfile } from '../testing/book.ts';
import { initialMargin } from './initial-margin.ts';

const units = (amount: number) => micros(amount * MICROS_PER_UNIT);
/** cTrader's published example: 1:3 up to 100,000 of notional, 1:1 beyond. */
const cTrader: LeverageTiers = [
  { notionalMax: units(100_000), leverage: 3 },
  { notionalMax: null, leverage: 1 },
];
const three: LeverageTiers = [
  { notionalMax: micros(1_000), leverage: 20 },
  { notionalMax: micros(5_000), leverage: 7 },
  { notionalMax: null, leverage: 2 },
];

describe('initialMargin', () => {
  for (const [what, tiers, notional, margin] of [
    ['nothing', cTrader, 0, 0],
    ['the first bitcoin at 96,000', cTrader, 96_000_000_000, 32_000_000_000],
    // 100,000 / 3 rounded up, and 92,000.
    ['two bitcoins at 96,000', cTrader, 192_000_000_000, 125_333_333_334],
    ['one micro below a tier’s end', cTrader, 99_999_999_999, 33_333_333_333],
    ['a tier’s end', cTrader, 100_000_000_000, 33_333_333_334],
    ['one micro beyond a tier’s end', cTrader, 100_000_000_001, 33_333_333_335],
    ['one micro', three, 1, 1],
    ['a notional that divides', three, 980, 49],
    ['one micro more', three, 981, 50],
    ['one micro below the first end', three, 999, 50],
    ['the first end', three, 1_000, 50],
    ['one micro beyond the first end', three, 1_001, 51],
    ['seven micros beyond the first end', three, 1_007, 51],
    ['eight micros beyond the first end', three, 1_008, 52],
    // 4,000 / 7 = 571.43.
    ['one micro below the second end', three, 4_999, 622],
    ['the second end', three, 5_000, 622],
    ['one micro beyond the second end', three, 5_001, 623],
    ['two micros beyond the second end', three, 5_002, 623],
    ['three micros beyond the second end', three, 5_003, 624],
    ['all that is exact', three, Number.MAX_SAFE_INTEGER, 50 + 572 + (Number.MAX_SAFE_INTEGER - 4_999) / 2],
  ] as const) {
    it(`of ${what} is ${margin}`, () => assert.equal(initialMargin(tiers, micros(notional)), margin));
  }

  it('gives the published example in an account, the second bitcoin needing 4,000/3 + 92,000', () => {
    const book = openBook({ profile: { leverage: { ...plainProfile.leverage, crypto: cTrader } } });
    book.quote(96_000, 96_000);
    book.buy(1);
    assert.equal(book.account.usedMargin, 32_000_000_000);
    book.buy(1);
    assert.equal(book.account.usedMargin - 32_000_000_000, 93_333_333_334);
  });

  const notional = fc.oneof(fc.integer({ min: 0, max: 6_000 }), fc.maxSafeNat());

  it('never falls as the notional rises', () => {
    fc.assert(
      fc.property(notional, notional, (a, b) => {
        const [less, more] = [micros(Math.min(a, b)), micros(Math.max(a, b))];
        assert.ok(initialMargin(three, less) <= initialMargin(three, more));
      }),
    );
  });

  it('is what each tier needs, rounded up', () => {
    fc.assert(
      fc.property(notional, (amount) => {
        const shares = [
          [Math.min(amount, 1_000), 20n],
          [Math.max(0, Math.min(amount, 5_000) - 1_000), 7n],
          [Math.max(0, amount - 5_000), 2n],
        ] as const;
        const exact = shares.map(([share, leverage]) => (BigInt(share) + leverage - 1n) / leverage);
        assert.equal(
          BigInt(initialMargin(three, micros(amount))),
          exact.reduce((sum, share) => sum + share, 0n),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
