import { parseArgs } from 'node:util';
import { InfraError } from '@repo/infra-native';
import { ConfigError, Progress } from '@repo/service';
import { Prng } from '@repo/testing/prng';
import { NotReadyError } from '../managed-process.ts';
import { anyFault } from './any-fault.ts';
import { Harness } from './harness.ts';
import { seedOf } from './seed-of.ts';

// Faults of every kind in an order that the seed decides, on an installation of its own:
//   node infra/processes/src/faults/main.ts --seed 1 --minutes 10
const WARM_MS = 3_000;
const MINUTE_MS = 60_000;

const progress = new Progress(process.stdout);
const abort = new AbortController();
const { signal } = abort;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string', default: '5' } } });
  const seed = seedOf(values.seed);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new RangeError(`--minutes is a number above 0, not "${values.minutes}"`);
  progress.line(`\n${progress.bold('Faults')} for ${minutes} min, seed ${seed}\n`);
  const harness = await Harness.start({
    name: 'main',
    seed,
    withLinks: true,
    onStep: (what) => progress.line(`  starting ${what} …`),
    signal,
  });
  try {
    await pause(WARM_MS);
    const random = new Prng(seed);
    const failures: string[] = [];
    for (const end = performance.now() + minutes * MINUTE_MS; performance.now() < end && !signal.aborted; ) {
      const fault = anyFault(random, harness.cluster);
      try {
        const { readyMs, servedMs } = await harness.nemesis.inflict(fault, signal);
        progress.line(`  ${fault.name}: all ready after ${seconds(readyMs)}, served after ${seconds(servedMs)}`);
      } catch (error) {
        if (signal.aborted) break;
        failures.push((error as Error).message);
        progress.fail((error as Error).message);
      }
    }
    if (signal.aborted) return 130;
    const faults = [...failures, ...(await harness.audit())];
    await harness.report(faults);
    progress.line(`\n${harness.table}\n`);
    for (const fault of faults) progress.fail(fault);
    const verdict = faults.length === 0 ? 'every promise was kept' : `${faults.length} faults`;
    progress.line(
      `\n${harness.calls} requests, seed ${seed}: ${progress.bold(verdict)}. In test-results/faults: main.*\n`,
    );
    return faults.length === 0 ? 0 : 1;
  } finally {
    if (!signal.aborted) progress.line('  stopping …');
    await harness.stop();
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!signal.aborted) progress.line('\nStopping …');
    abort.abort();
  });
}

async function pause(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

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
