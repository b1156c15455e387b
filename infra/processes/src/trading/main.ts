import { parseArgs } from 'node:util';
import { InfraError } from '@repo/infra-native';
import { ConfigError, Progress } from '@repo/service';
import { Prng } from '@repo/testing/prng';
import { seedOf } from '../faults/seed-of.ts';
import { NotReadyError } from '../managed-process.ts';
import { anyTrouble } from './any-trouble.ts';
import { openClusterVenue } from './cluster-venue.ts';
import { fallThroughGap } from './crowd.ts';
import { sentenceOf } from './finding.ts';
import { TradingRun } from './trading-run.ts';

// Twenty traders, faults of every kind in an order that the seed decides, on an installation of its own:
//   node infra/processes/src/trading/main.ts --seed 1 --minutes 10
const MINUTE_MS = 60_000;
const CROWD = 500;
const SHOWN = 10;

const progress = new Progress(process.stdout);
const abort = new AbortController();
const { signal } = abort;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string', default: '5' } } });
  const seed = seedOf(values.seed);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new RangeError(`--minutes is a number above 0, not "${values.minutes}"`);
  progress.line(`\n${progress.bold('Trading under faults')} for ${minutes} min, seed ${seed}\n`);
  const random = new Prng(seed);
  const onStep = (what: string) => progress.line(`  starting ${what} …`);
  const venue = await openClusterVenue({ name: 'main', random, withLinks: true, onStep, signal });
  let run: TradingRun | undefined;
  try {
    run = await TradingRun.start({ name: 'main', seed, venue, pauseMs: 100 });
    const end = performance.now() + minutes * MINUTE_MS;
    const halfway = performance.now() + (minutes * MINUTE_MS) / 2;
    let isGapDone = false;
    while (performance.now() < end && !signal.aborted) {
      const trouble = anyTrouble(random, venue);
      progress.line(`  ${trouble.name}: served after ${await run.inflict(trouble)} ms`);
      if (isGapDone || performance.now() < halfway) continue;
      isGapDone = true;
      const gap = await fallThroughGap(run, CROWD);
      run.findings.push(...gap.findings);
      progress.line(
        `  a gap of 30 %: ${gap.stoppedOut} closed, the last ${gap.lastMs} ms after the quote; ${gap.writtenOff} written off`,
      );
    }
    if (signal.aborted) return 130;
    const findings = await run.audit();
    for (const [what, count] of Object.entries(run.counts ?? {}))
      progress.line(`  ${String(count).padStart(8)} ${what}`);
    for (const finding of findings.slice(0, SHOWN)) progress.fail(sentenceOf(finding));
    const verdict = findings.length === 0 ? 'every promise was kept' : `${findings.length} findings`;
    progress.line(
      `\nseed ${seed}, ${run.recoveries.length} faults: ${progress.bold(verdict)}. In test-results/trading: main.*`,
    );
    if (findings.length > 0) {
      progress.line(`Again: node infra/processes/src/trading/main.ts --seed ${seed} --minutes ${minutes}`);
    }
    return findings.length === 0 ? 0 : 1;
  } finally {
    progress.line('  stopping …');
    await run?.stop();
    await venue.stop();
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (signal.aborted) process.exit(130);
    const plain = [ConfigError, InfraError, NotReadyError, RangeError].some((known) => error instanceof known);
    if (!plain) throw error;
    progress.fail((error as Error).message);
    process.exit(1);
  },
);
