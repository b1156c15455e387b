import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CopiedPackages } from './copied-packages.ts';

const reporter = join(dirname(fileURLToPath(import.meta.url)), 'first-failure.ts');
const TIME_LIMIT_MS = 120_000;
const WORKLOAD_INPUTS = 200_000;

/** What found the bug: a test file, the workload, or the time limit; `undefined` when nothing did. */
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
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, TIME_LIMIT_MS);
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  if (isLate) return 'the time limit';
  return code === 0 ? undefined : output;
}
