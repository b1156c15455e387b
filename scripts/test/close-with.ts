import type { Outcome } from './run-check.ts';

/** Prints the line that ends every run of tests, and ends the process by it. */
export function closeWith({ passed, failed, skipped }: Outcome): never {
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exit(failed > 0 ? 1 : 0);
}
