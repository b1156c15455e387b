import type { Books } from './books.ts';
import type { TradeCall } from './trade-journal.ts';

/** How much a run has shown: one that opens few positions proves little. */
export interface Counts {
  readonly [what: string]: number;
}

export function countsOf(books: Books, calls: readonly TradeCall[]): Counts {
  const counts: Record<string, number> = { requests: calls.length };
  const add = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  for (const { end } of calls) {
    add(end.outcome);
    if (end.code !== undefined) add(end.code);
  }
  for (const { type } of books.events) add(type);
  for (const { rule } of books.fills) add(`fill ${rule}`);
  return Object.fromEntries(Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)));
}
