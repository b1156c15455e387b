import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultInstruments } from '@repo/trading-core';
import fc from 'fast-check';
import { assetStatus, untilNextStatus } from './asset-status.ts';

test('the policy of the default instruments', () => {
  const ages = [0, 4_999, 5_000, 14_999, 15_000, 59_999, 60_000];
  const statuses = (asset: string) => {
    const instrument = defaultInstruments.find((one) => one.asset === asset);
    assert.ok(instrument);
    return ages.map((age) => assetStatus(age, instrument)).join(' ');
  };
  for (const asset of ['SOL_USDC', 'BTC_USDC', 'ETH_USDC']) {
    assert.equal(statuses(asset), 'live live stale stale down down down');
  }
  for (const asset of ['DOGE_USDC', 'BNB_USDC']) {
    assert.equal(statuses(asset), 'live live live live stale stale down');
  }
});

const limits = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), fc.nat(100_000))
  .map(([staleAfterMs, more]) => ({ staleAfterMs, downAfterMs: staleAfterMs + more }));

test('age only makes it worse, and never skips back', () => {
  const order = ['live', 'stale', 'down'];
  fc.assert(
    fc.property(limits, fc.nat(300_000), fc.nat(300_000), (limit, age, older) => {
      const [before, after] = [assetStatus(age, limit), assetStatus(age + older, limit)];
      assert.ok(order.indexOf(before) <= order.indexOf(after));
    }),
  );
});

test('it changes exactly when foretold', () => {
  fc.assert(
    fc.property(limits, fc.nat(300_000), (limit, age) => {
      const wait = untilNextStatus(age, limit);
      const status = assetStatus(age, limit);
      if (wait === undefined) {
        assert.equal(status, 'down');
        return;
      }
      assert.ok(wait > 0);
      assert.equal(assetStatus(age + wait - 1, limit), status);
      assert.notEqual(assetStatus(age + wait, limit), status);
    }),
  );
});
