import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AccountMode,
  conservationReport,
  createShard,
  decide,
  equity,
  micros,
  receiveQuote,
  type Shard,
  steps,
  ticks,
} from '@repo/trading-core';
import fc from 'fast-check';
import { workloadInstruments } from './workload/instruments.ts';
import { workloadShardOptions } from './workload/profiles.ts';

interface Market {
  readonly instrument: (typeof workloadInstruments)[number];
  readonly mode: AccountMode;
  readonly bid: number;
  readonly spread: number;
}

/** Buys these quantities one after the other, each at the same quote. */
function buy({ instrument, mode, bid, spread }: Market, quantities: readonly number[]): Shard {
  const { terms } = instrument;
  const shard = createShard(workloadShardOptions);
  const at = 0;
  decide(shard, { type: 'list-instrument', at, terms });
  decide(shard, { type: 'open-account', at, accountId: 'A', mode, profile: 'professional' });
  decide(shard, { type: 'deposit', at, accountId: 'A', amount: micros(1_000_000_000_000) });
  const quote = { asset: terms.asset, bid: ticks(bid), ask: ticks(bid + spread) };
  receiveQuote(shard, { ...quote, sequence: 1, at, source: 'test', status: 'live' });
  for (const [index, quantity] of quantities.entries()) {
    const outcome = decide(shard, {
      type: 'place-order',
      at,
      accountId: 'A',
      clientOrderId: String(index),
      asset: terms.asset,
      side: 'buy',
      orderType: 'market',
      quantity: steps(quantity),
    });
    assert.equal(outcome.type, 'accepted', JSON.stringify(outcome));
  }
  return shard;
}

const market = fc
  .record({
    instrument: fc.constantFrom(...workloadInstruments.filter(({ terms }) => terms.commissionMin === 0)),
    mode: fc.constantFrom<AccountMode>('hedging', 'netting'),
    shift: fc.integer({ min: -100, max: 100 }),
    spread: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ shift, ...rest }) => ({ ...rest, bid: rest.instrument.mid + shift }));
const parts = fc.array(fc.integer({ min: 10, max: 900 }), { minLength: 1, maxLength: 8 });

describe('a fill split into parts', () => {
  it('changes the client’s total by no more than rounding, and the house’s earnings by a micro at most', () => {
    fc.assert(
      fc.property(market, parts, (where, quantities) => {
        const split = buy(where, quantities);
        const whole = buy(where, [quantities.reduce((sum, quantity) => sum + quantity, 0)]);
        const [a, b] = [split, whole].map((shard) => shard.accounts.get('A'));
        assert.ok(a !== undefined && b !== undefined);
        assert.ok(Math.abs(equity(a) - equity(b)) <= quantities.length);
        assert.ok(Math.abs(a.usedMargin - b.usedMargin) <= quantities.length);
        const earned = [split, whole].map((shard) => Number(conservationReport(shard).house['house:commission']));
        assert.ok(Math.abs((earned[0] ?? 0) - (earned[1] ?? 0)) <= 1, String(earned));
        for (const shard of [split, whole]) assert.equal(conservationReport(shard).sum, 0n);
      }),
      { numRuns: 200 },
    );
  });
});
