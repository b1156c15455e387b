import { checks } from './checks.ts';
import { addOutcome, type Outcome, runCheck } from './run-check.ts';

/** Runs every check that needs no servers, or those whose names are given. Ends the process for a name it lacks. */
export async function runTests(wanted: readonly string[] = []): Promise<Outcome> {
  const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
  if (unknown.length > 0) {
    console.error(`Unknown check: ${unknown.join(', ')}. There are: ${checks.map(({ name }) => name).join(', ')}.`);
    process.exit(1);
  }
  const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
  for (const check of checks) {
    if (wanted.length === 0 || wanted.includes(check.name)) addOutcome(total, await runCheck(check));
  }
  return total;
}
