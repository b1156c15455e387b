import {
  conservationReport,
  createShard,
  decide,
  ledgerTransaction,
  type Outcome,
  receiveQuote,
  type Shard,
} from '@repo/trading-core';
import { Auditor } from '../auditor/auditor.ts';
import { viewShard } from '../view-shard.ts';
import { Counts } from './counts.ts';
import { workloadShardOptions } from './profiles.ts';
import { type Input, Workload } from './workload.ts';

export interface RunOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Inputs from one full sweep of the auditor to the next. */
  readonly sweepEvery: number;
  /** Told after each sweep. */
  readonly onSweep?: (inputs: number) => void;
  /** Told every input, with its outcome. */
  readonly onInput?: (input: Input, outcome: Outcome) => void;
}

export interface Run {
  readonly shard: Shard;
  readonly counts: Counts;
}

/**
 * Runs the workload against a new shard, audited.
 *
 * @throws AuditFault at the first disagreement.
 */
export function runWorkload({ inputs, seed, sweepEvery, onSweep, onInput }: RunOptions): Run {
  const shard = createShard(workloadShardOptions);
  const view = viewShard(shard);
  const workload = new Workload(seed, shard);
  const auditor = new Auditor({ seed, shardOptions: workloadShardOptions, ledgerTransaction, shard: view });
  const counts = new Counts();
  for (let index = 1; index <= inputs; index += 1) {
    const input = workload.next();
    const outcome = feed(shard, input);
    auditor.input(input, outcome);
    workload.learn(input, outcome);
    counts.add(input, outcome);
    onInput?.(input, outcome);
    if (index % sweepEvery !== 0 && index !== inputs) continue;
    auditor.sweep(view);
    assertConserved(shard);
    onSweep?.(index);
  }
  return { shard, counts };
}

/** Gives a shard its next input. */
export function feed(shard: Shard, input: Input): Outcome {
  return 'type' in input ? decide(shard, input) : receiveQuote(shard, input);
}

function assertConserved(shard: Shard): void {
  const { sum, faults } = conservationReport(shard);
  if (sum !== 0n || faults.length > 0) throw new Error(`not conserved: ${[sum, ...faults].join('; ')}`);
}
