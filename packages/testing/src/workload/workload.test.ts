import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conservationReport, type Event, type FillRule, type RefusalCode, refusals } from '@repo/trading-core';
import { runWorkload } from './run-workload.ts';

const eventTypes: Readonly<Record<Event['type'], true>> = {
  'instrument-listed': true,
  'trading-state-changed': true,
  'account-opened': true,
  'order-accepted': true,
  'order-modified': true,
  'order-triggered': true,
  'order-filled': true,
  'order-cancelled': true,
  'order-expired': true,
  'order-rejected': true,
  'position-opened': true,
  'position-increased': true,
  'position-reduced': true,
  'position-closed': true,
  'position-modified': true,
  'trailing-best-reached': true,
  'margin-called': true,
  'margin-call-cleared': true,
  'account-stopped-out': true,
  'negative-balance-written-off': true,
  'swap-charged': true,
  'trading-day-ended': true,
  deposited: true,
  withdrawn: true,
  'balance-adjusted': true,
};

const fillRules: Readonly<Record<FillRule, true>> = {
  market: true,
  limit: true,
  stop: true,
  'stop-limit': true,
  close: true,
  'stop-loss': true,
  'take-profit': true,
  'trailing-stop': true,
  'stop-out': true,
};

const rejections: readonly RefusalCode[] = [
  'insufficient-margin',
  'exposure-limit',
  'price-not-live',
  'amount-too-large',
  'instrument-halted',
];

function assertAtLeast(counts: ReadonlyMap<string, number>, names: readonly string[], least: number): void {
  for (const name of names) {
    const times = counts.get(name) ?? 0;
    assert.ok(times >= least, `${name}: ${times} times, not ${least}`);
  }
}

describe('a million commands and quotes', () => {
  it('leave the auditor nothing to complain of', (t) => {
    const { shard, counts } = runWorkload({ inputs: 1_000_000, seed: 20260101, sweepEvery: 10_000 });
    assertAtLeast(counts.events, Object.keys(eventTypes), 6);
    assertAtLeast(counts.fills, Object.keys(fillRules), 1_000);
    assertAtLeast(counts.refusals, Object.keys(refusals), 100);
    assertAtLeast(counts.rejections, rejections, 100);
    assertAtLeast(counts.events, ['account-stopped-out', 'margin-called', 'swap-charged', 'order-triggered'], 1_000);
    assertAtLeast(counts.events, ['negative-balance-written-off', 'trading-day-ended', 'trading-state-changed'], 100);
    assertAtLeast(counts.outcomes, ['repeated'], 1_000);
    const { sum, faults } = conservationReport(shard);
    assert.equal(sum, 0n);
    assert.deepEqual(faults, []);
    for (const name of ['events', 'fills', 'refusals'] as const) {
      t.diagnostic(`${name}: ${Array.from(counts[name], ([what, times]) => `${what} ${times}`).join(', ')}`);
    }
  });
});
