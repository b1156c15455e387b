import type { RecoveryRow } from './nemesis.ts';

/** One line a fault: how often, and the median and longest times until everything was ready, and served, again. */
export function recoveryTable(rows: readonly RecoveryRow[]): string {
  const lines = [...Map.groupBy(rows, ({ fault }) => fault)].map(([fault, same]) => [
    fault,
    String(same.length),
    times(same.map(({ readyMs }) => readyMs)),
    times(same.map(({ servedMs }) => servedMs)),
  ]);
  const table = [['fault', 'times', 'all ready, s', 'sign-up and live price, s'], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Median, and the longest where there are several. */
function times(values: readonly (number | undefined)[]): string {
  const sorted = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  if (sorted.length < values.length) return 'not in time';
  const seconds = (ms: number | undefined) => ((ms ?? 0) / 1_000).toFixed(1);
  const median = seconds(sorted[Math.floor((sorted.length - 1) / 2)]);
  return sorted.length > 1 ? `${median} (at most ${seconds(sorted.at(-1))})` : median;
}
