import type { Outcome } from '@repo/trading-core';
import type { Input } from './workload.ts';

/** How often what happened: a run that opens few positions proves little. */
export class Counts {
  readonly inputs = new Map<string, number>();
  readonly outcomes = new Map<string, number>();
  readonly events = new Map<string, number>();
  readonly fills = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  /** Reasons for which a triggered order was rejected. */
  readonly rejections = new Map<string, number>();

  add(input: Input, outcome: Outcome): void {
    count(this.inputs, 'type' in input ? input.type : `quote (${input.status})`);
    count(this.outcomes, outcome.type);
    if (outcome.type === 'refused') count(this.refusals, outcome.code);
    if (outcome.type !== 'accepted') return;
    for (const event of outcome.events) {
      count(this.events, event.type);
      if ('fill' in event) count(this.fills, event.fill.rule);
      if (event.type === 'order-rejected') count(this.rejections, event.refusal.code);
    }
  }

  /** As a table for a terminal. */
  toString(): string {
    const tables = Object.entries(this) as [string, ReadonlyMap<string, number>][];
    return tables.map(([name, table]) => `${name}\n${rowsOf(table)}`).join('\n');
  }
}

function count(table: Map<string, number>, name: string): void {
  table.set(name, (table.get(name) ?? 0) + 1);
}

function rowsOf(table: ReadonlyMap<string, number>): string {
  const rows = [...table].sort((a, b) => b[1] - a[1]);
  return rows.map(([name, times]) => `  ${name.padEnd(32)}${String(times).padStart(12)}\n`).join('');
}
