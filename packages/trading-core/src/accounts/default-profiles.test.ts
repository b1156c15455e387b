import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AssetClass } from '../instruments/instrument-terms.ts';
import { openBook } from '../testing/book.ts';
import { defaultProfiles } from './default-profiles.ts';

const profileOf = (name: string) => {
  const profile = defaultProfiles.find((candidate) => candidate.name === name);
  assert.ok(profile !== undefined);
  return profile;
};

describe('defaultProfiles', () => {
  it('are esma and professional', () => {
    assert.deepEqual(
      defaultProfiles.map(({ name }) => name),
      ['esma', 'professional'],
    );
  });

  for (const [assetClass, leverage] of [
    ['crypto', 2],
    ['share', 5],
    ['commodity', 10],
    ['gold', 20],
    ['forex-minor', 20],
    ['forex-major', 30],
  ] as const) {
    it(`esma: ${assetClass} at ${leverage}:1`, () => {
      assert.deepEqual(profileOf('esma').leverage[assetClass], [{ notionalMax: null, leverage }]);
      const book = openBook({ profile: profileOf('esma'), terms: { assetClass } });
      book.quote(60_000, 60_000);
      book.buy(1);
      assert.equal(book.usedMargin, 60_000 / leverage);
    });
  }

  it('professional: crypto at 20:1', () => {
    assert.deepEqual(profileOf('professional').leverage.crypto, [{ notionalMax: null, leverage: 20 }]);
  });

  for (const profile of defaultProfiles) {
    it(`${profile.name}: margin call at 100 %, again above 110 %, stop-out at 50 %, no negative balance`, () => {
      const { marginCallPercent, marginCallResetPercent, stopOutPercent, negativeBalanceProtection } = profile;
      assert.deepEqual([marginCallPercent, marginCallResetPercent, stopOutPercent], [100, 110, 50]);
      assert.ok(negativeBalanceProtection);
    });

    it(`${profile.name}: tiers that rise and end without end`, () => {
      for (const assetClass of Object.keys(profile.leverage) as AssetClass[]) {
        const tiers = profile.leverage[assetClass];
        assert.equal(tiers.at(-1)?.notionalMax, null);
        for (const { leverage } of tiers) assert.ok(Number.isInteger(leverage) && leverage >= 1);
      }
    });
  }
});
