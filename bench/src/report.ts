/** One line of a benchmark: what was measured, and what it is compared with in the same run. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The goal or the rival. */
  readonly limit?: { readonly name: string; readonly value: number };
}

/** Prints figures as a table: value, limit, and value ÷ limit. */
export function report(title: string, figures: readonly Figure[]): void {
  const rows = figures.map(({ what, value, unit, limit }) => [
    what,
    `${format(value)} ${unit}`,
    limit === undefined ? '' : `${limit.name} ${format(limit.value)} ${unit}`,
    limit === undefined ? '' : (value / limit.value).toFixed(2),
  ]);
  const table = [['figure', 'measured', 'limit or rival', 'ratio'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  console.log(`\n${title}\n`);
  for (const [index, row] of table.entries()) {
    console.log(`  ${line(row).trimEnd()}`);
    if (index === 0) console.log(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}`);
  }
}

function format(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 2);
}

/** The value below which `share` (0–1) of the sorted sample lies. */
export function quantile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
