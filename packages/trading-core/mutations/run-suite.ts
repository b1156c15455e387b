import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CopiedPackages } from './copied-packages.ts';

const reporter = join(dirname(fileURLToPath(import.meta.url)), 'first-failure.ts');
// A bug may well never end, or not before all memory is full.
const TIME_LIMIT_MS = 60_000;
const HEAP_LIMIT_MB = 1_024;
const WORKLOAD_INPUTS = 200_000;

/** What found the bug: a test file, the workload, or that there was no end; `undefined` when nothing did. */
export async function runSuite(packages: CopiedPackages): Promise<string | undefined> {
  const tests = ['--test', '--test-isolation=none', `--test-reporter=${reporter}`, 'src/**/*.test.ts'];
  const failed = await killerOf(packages.pathOf('trading-core'), tests);
  if (failed !== undefined) return failed.split('\n')[0] || 'does not load';
  const audited = ['src/main.ts', '--inputs', String(WORKLOAD_INPUTS)];
  const disagreed = await killerOf(packages.pathOf('testing'), audited);
  return disagreed === undefined ? undefined : 'the audited workload';
}

/** Output of a program that fails; `undefined` when it does not. */
async function killerOf(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_LIMIT_MB}`, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const timer = setTimeout(() => void child.kill('SIGKILL'), TIME_LIMIT_MS);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  // By a signal: of this timer, or of an engine out of memory.
  if (code === null) return 'no end';
  return code === 0 ? undefined : output;
}
