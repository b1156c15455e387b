/** The core and the auditor disagree. */
export class AuditFault extends Error {
  override readonly name = 'AuditFault';
  readonly seed: number;
  /** Of the input, from 1; 0 before the first. */
  readonly index: number;
  readonly expected: unknown;
  readonly actual: unknown;

  /**
   * @param expected the auditor's figure.
   * @param actual the core's.
   */
  constructor(seed: number, index: number, what: string, expected: unknown, actual: unknown) {
    super(`seed ${seed}, input ${index}: ${what}: expected ${show(expected)}, got ${show(actual)}`);
    this.seed = seed;
    this.index = index;
    this.expected = expected;
    this.actual = actual;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'nothing';
}
