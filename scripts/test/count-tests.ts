import type { Outcome } from './run-check.ts';

function numberAfter(output: string, pattern: RegExp): number {
  return Number(output.match(pattern)?.[1] ?? 0);
}

/** The closing lines of Node's spec reporter. */
export function countNodeTests(output: string): Outcome | undefined {
  if (!/^ℹ tests \d+$/m.test(output)) return undefined;
  return {
    passed: numberAfter(output, /^ℹ pass (\d+)$/m),
    failed: numberAfter(output, /^ℹ fail (\d+)$/m) + numberAfter(output, /^ℹ cancelled (\d+)$/m),
    skipped: numberAfter(output, /^ℹ skipped (\d+)$/m) + numberAfter(output, /^ℹ todo (\d+)$/m),
  };
}

/** The line `Tests  3 failed | 12 passed | 1 skipped (16)` of Vitest. */
export function countVitest(output: string): Outcome | undefined {
  const line = output.match(/^\s*Tests\s+(.*)$/m)?.[1];
  if (line === undefined) return undefined;
  return {
    passed: numberAfter(line, /(\d+) passed/),
    failed: numberAfter(line, /(\d+) failed/),
    skipped: numberAfter(line, /(\d+) (?:skipped|todo)/),
  };
}

/** The closing lines `  12 passed (34.5s)`, `  1 failed` of Playwright; a flaky test is a failed one. */
export function countPlaywright(output: string): Outcome | undefined {
  if (!/^\s+\d+ (?:passed|failed)/m.test(output)) return undefined;
  return {
    passed: numberAfter(output, /^\s+(\d+) passed/m),
    failed:
      numberAfter(output, /^\s+(\d+) failed/m) +
      numberAfter(output, /^\s+(\d+) flaky/m) +
      numberAfter(output, /^\s+(\d+) did not run/m),
    skipped: numberAfter(output, /^\s+(\d+) skipped/m),
  };
}
