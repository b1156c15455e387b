/** A promise of RELIABILITY that was not kept, with the rows that show it. */
export interface Finding {
  /** Which of the invariants, 1 to 12. */
  readonly invariant: number;
  readonly what: string;
  readonly rows?: unknown;
}

/** One line for people. */
export function sentenceOf({ invariant, what, rows }: Finding): string {
  const shown = rows === undefined ? '' : ` ${JSON.stringify(rows, withoutBigints)}`;
  return `invariant ${invariant}: ${what}${shown}`;
}

function withoutBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
