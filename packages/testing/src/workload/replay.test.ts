import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  createShard,
  type Event,
  evolve,
  hashShard,
  keepQuote,
  loadShard,
  type Outcome,
  type Shard,
  type ShardSnapshot,
  snapshotShard,
} from '@repo/trading-core';
import { workloadShardOptions } from './profiles.ts';
import { feed, runWorkload } from './run-workload.ts';
import type { Input } from './workload.ts';

const INPUTS = 60_000;
const SEED = 11;

interface Recorded {
  readonly input: Input;
  readonly outcome: Outcome;
}

function record(): { readonly shard: Shard; readonly tape: readonly Recorded[] } {
  const tape: Recorded[] = [];
  const onInput = (input: Input, outcome: Outcome) => tape.push({ input, outcome });
  const { shard } = runWorkload({ inputs: INPUTS, seed: SEED, sweepEvery: 20_000, onInput });
  return { shard, tape };
}

function hashOutcomes(outcomes: readonly Outcome[]): string {
  const hash = createHash('sha256');
  for (const outcome of outcomes) hash.update(JSON.stringify(outcome));
  return hash.digest('hex');
}

function eventsOf({ outcome }: Recorded): readonly Event[] {
  return outcome.type === 'accepted' ? outcome.events : [];
}

describe('replay', () => {
  const first = record();
  const outcomes = first.tape.map(({ outcome }) => outcome);

  it('gives the same outcomes and state for the same seed', () => {
    const second = record();
    assert.equal(hashOutcomes(second.tape.map(({ outcome }) => outcome)), hashOutcomes(outcomes));
    assert.equal(hashShard(second.shard), hashShard(first.shard));
  });

  it('gives other outcomes for another seed', () => {
    const other = runWorkload({ inputs: 5_000, seed: SEED + 1, sweepEvery: 5_000 });
    assert.notEqual(hashShard(other.shard), hashShard(first.shard));
  });

  it('folds the events, with the quotes, to the same state', () => {
    const shard = createShard(workloadShardOptions);
    for (const recorded of first.tape) {
      const { input, outcome } = recorded;
      if (!('type' in input) && outcome.type === 'accepted') {
        const market = shard.markets.get(input.asset);
        if (market !== undefined) keepQuote(market, input);
      }
      for (const event of eventsOf(recorded)) evolve(shard, event);
    }
    assert.equal(hashShard(shard), hashShard(first.shard));
  });

  for (const cut of [INPUTS / 5, INPUTS / 2, INPUTS - 1_000]) {
    it(`goes on from a snapshot after ${cut} inputs as if there had been none`, () => {
      const shard = createShard(workloadShardOptions);
      for (const { input } of first.tape.slice(0, cut)) feed(shard, input);
      const snapshot = JSON.parse(JSON.stringify(snapshotShard(shard))) as ShardSnapshot;
      const loaded = loadShard(workloadShardOptions, snapshot);
      assert.equal(hashShard(loaded), hashShard(shard));
      for (const [index, { input, outcome }] of first.tape.slice(cut).entries()) {
        assert.deepEqual(feed(loaded, input), outcome, `input ${cut + index + 1}`);
      }
      assert.equal(hashShard(loaded), hashShard(first.shard));
    });
  }
});
