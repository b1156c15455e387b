import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Fault } from './fault.ts';
import { Harness } from './harness.ts';
import { seedOf } from './seed-of.ts';

/** How long everything runs before the first fault. */
const WARM_CALLS = 100;

/**
 * Declares tests of faults, one after the other on one installation under load, and the audit as the last. The recovery
 * times and the journal are in test-results/faults.
 */
export function runFaults(options: {
  readonly name: string;
  readonly withLinks?: boolean;
  /** A test each; which faults they are may be asked when everything runs. */
  readonly faults: readonly { readonly what: string; readonly of: (harness: Harness) => readonly Fault[] }[];
}): void {
  const seed = seedOf(process.env.FAULTS_SEED);
  let harness: Harness;

  // A run that is given up: by default no 'exit' would be emitted, and nothing that was started would end.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  before(async () => {
    harness = await Harness.start({ name: options.name, seed, withLinks: options.withLinks ?? false });
    while (harness.calls < WARM_CALLS) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  after(() => harness?.stop());

  for (const { what, of } of options.faults) {
    it(what, async () => {
      for (const fault of of(harness)) await harness.nemesis.inflict(fault);
    });
  }

  it('keeps every promise: the audit finds nothing', async (test) => {
    let faults: readonly string[] = ['the audit did not come to its end'];
    try {
      faults = await harness.audit();
    } finally {
      await harness.report(faults);
    }
    test.diagnostic(`seed ${seed}, ${harness.calls} requests`);
    for (const line of harness.table.split('\n')) test.diagnostic(line);
    assert.deepEqual(faults.slice(0, 50), [], `${faults.length} faults; seed ${seed}`);
  });
}
