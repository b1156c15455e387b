import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CopiedPackages } from './copied-packages.ts';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';
import { runSuite } from './run-suite.ts';

// Does the suite find bugs? Every deliberate bug is put into a copy of the core, and the tests, then the audited
// workload, are run on it. Arguments, if any, choose the mutations whose name has one of them in it.

interface Verdict {
  readonly mutation: Mutation;
  /** What found it. */
  readonly killer?: string | undefined;
  /** Why it could not be tried. */
  readonly fault?: string;
  readonly seconds: number;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'at-a-time': { type: 'string', default: '2' } },
});
const chosen = mutations.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
const directory = await mkdtemp(join(tmpdir(), 'mutations-'));
const copies = await Promise.all(
  Array.from({ length: Number(values['at-a-time']) }, (_, index) =>
    CopiedPackages.create(join(directory, String(index))),
  ),
);

const widest = Math.max(...chosen.map(({ name }) => name.length));
const verdicts: Verdict[] = [];
try {
  const [first] = copies;
  const failed = first === undefined ? 'no copy' : await runSuite(first);
  if (failed !== undefined) throw new Error(`the core fails without any mutation: ${failed}`);
  const waiting = chosen.values();
  await Promise.all(copies.map((copy) => judgeAll(copy, waiting)));
} finally {
  await rm(directory, { recursive: true });
}
const killed = verdicts.filter(({ killer }) => killer !== undefined).length;
const survived = verdicts.filter(({ killer, fault }) => killer === undefined && fault === undefined).length;
const failed = verdicts.length - killed - survived;
const misfits = failed === 0 ? '' : `, ${failed} did not apply`;
process.stdout.write(`\n${killed} killed, ${survived} survived${misfits}\n`);
if (killed < verdicts.length) process.exitCode = 1;

async function judgeAll(copy: CopiedPackages, waiting: Iterable<Mutation>): Promise<void> {
  for (const mutation of waiting) {
    const verdict = await judge(copy, mutation);
    verdicts.push(verdict);
    process.stdout.write(`${lineOf(verdict)}\n`);
  }
}

async function judge(copy: CopiedPackages, mutation: Mutation): Promise<Verdict> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const killer = await copy.withMutation(mutation, () => runSuite(copy));
    if (killer === 'does not load') return { mutation, fault: killer, seconds: seconds() };
    return { mutation, killer, seconds: seconds() };
  } catch (error) {
    return { mutation, fault: error instanceof Error ? error.message : String(error), seconds: seconds() };
  }
}

function lineOf({ mutation, killer, fault, seconds }: Verdict): string {
  const result = fault === undefined ? (killer ?? 'SURVIVED') : `DID NOT APPLY: ${fault}`;
  return `${mutation.name.padEnd(widest)}  ${seconds.toFixed(1).padStart(5)} s  ${result}`;
}
