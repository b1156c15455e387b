import { checks } from './test/checks.ts';
import { type Outcome, runCheck } from './test/run-check.ts';

// Every check of the repository, in one command. `npm test -- unit types` runs those named.
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`Unknown check: ${unknown.join(', ')}. There are: ${checks.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}

const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
for (const check of checks) {
  if (wanted.length > 0 && !wanted.includes(check.name)) continue;
  const outcome = await runCheck(check);
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
}

console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 ? 1 : 0);
