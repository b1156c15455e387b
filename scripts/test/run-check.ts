import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** Adds the numbers of `one` to `total`. */
export function addOutcome(total: Outcome, one: Outcome): void {
  total.passed += one.passed;
  total.failed += one.failed;
  total.skipped += one.skipped;
}

export interface Check {
  readonly name: string;
  readonly what: string;
  /** Runs before the command; its rejection fails the check. */
  readonly prepare?: () => Promise<void>;
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command. */
  readonly signal?: AbortSignal;
  /** Reads the numbers of tests from the output; without it the check itself counts as one. */
  readonly count?: (output: string) => Outcome | undefined;
}

/** Runs one check, shows a line for it, and all of its output when it failed. */
export async function runCheck(check: Check): Promise<Outcome> {
  const begun = performance.now();
  const { code, output } = await run(check);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const outcome = judge(check, code, output);
  const numbers = check.count === undefined ? '' : `, ${outcome.passed} passed, ${outcome.failed} failed`;
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : '';
  if (outcome.failed > 0) console.log(`${output.trimEnd()}\n`);
  console.log(
    `${outcome.failed > 0 ? '✗' : '✓'} ${check.name.padEnd(12)} ${check.what} (${seconds} s${numbers}${skipped})`,
  );
  return outcome;
}

function judge(check: Check, code: number | null, output: string): Outcome {
  const counted = check.count?.(output);
  if (counted === undefined) {
    // A runner that printed no numbers did not come to its end, whatever its exit code says.
    const passed = code === 0 && check.count === undefined;
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
  }
  const ranNothing = counted.passed + counted.failed === 0;
  const missed = (code !== 0 || ranNothing) && counted.failed === 0;
  return missed ? { ...counted, failed: 1 } : counted;
}

async function run(check: Check): Promise<{ code: number | null; output: string }> {
  try {
    await check.prepare?.();
  } catch (error) {
    return { code: 1, output: error instanceof Error ? error.message : String(error) };
  }
  const [command, ...args] = check.command;
  const child = spawn(command, args, {
    cwd: join(root, check.cwd ?? '.'),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(check.signal === undefined ? {} : { signal: check.signal }),
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
      NO_COLOR: '1',
      TURBO_TELEMETRY_DISABLED: '1',
      NEXT_TELEMETRY_DISABLED: '1',
      ...check.env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += `\n${error.message}`;
      resolve(1);
    });
    child.once('close', resolve);
  });
  return { code, output: stripVTControlCharacters(output) };
}
