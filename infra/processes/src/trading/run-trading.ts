import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Prng } from '@repo/testing/prng';
import { seedOf } from '../faults/seed-of.ts';
import { type ClusterVenue, openClusterVenue } from './cluster-venue.ts';
import { sentenceOf } from './finding.ts';
import { TradingRun, type Trouble } from './trading-run.ts';

const SHOWN = 5;

/**
 * Declares tests of faults, one after the other on one installation that is traded on, and the audit as the last. The
 * journal and the logs are in test-results/trading.
 */
export function runTrading(options: {
  readonly name: string;
  readonly withLinks?: boolean;
  /** A test each. */
  readonly tests: readonly {
    readonly what: string;
    readonly of: (venue: ClusterVenue) => readonly Trouble[];
  }[];
}): void {
  const { name, withLinks = false, tests } = options;
  const seed = seedOf(process.env.TRADING_SEED);
  let venue: ClusterVenue;
  let run: TradingRun;

  // A run that is given up: by default no 'exit' would be emitted, and nothing that was started would end.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  before(async () => {
    venue = await openClusterVenue({ name, random: new Prng(seed), withLinks });
    run = await TradingRun.start({ name, seed, venue, pauseMs: 100 });
  });
  after(async () => {
    await run?.stop();
    await venue?.stop();
  });

  for (const { what, of } of tests) {
    it(what, async () => {
      for (const trouble of of(venue)) await run.inflict(trouble);
    });
  }

  it('keeps every promise: the audit finds nothing', async (test) => {
    const findings = await run.audit();
    test.diagnostic(`seed ${seed}: ${JSON.stringify(run.counts)}`);
    for (const { fault, servedMs } of run.recoveries) test.diagnostic(`${fault}: served after ${servedMs} ms`);
    assert.deepEqual(findings.slice(0, SHOWN).map(sentenceOf), [], `${findings.length} findings; TRADING_SEED=${seed}`);
    assert.ok((run.counts?.['position-opened'] ?? 0) > 200, 'a run that opens few positions proves little');
  });
}
