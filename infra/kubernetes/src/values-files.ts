import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** The chart's folder. */
export const chartDir: string = path.join(import.meta.dirname, '../chart');

/** What must be said and nothing else, and a real cluster. */
export const examples = {
  smallest: path.join(chartDir, 'examples/smallest.yaml'),
  cluster: path.join(chartDir, 'examples/cluster.yaml'),
} as const;

/** A YAML file of values. */
export function readValues(file: string): Values {
  return parse(readFileSync(file, 'utf8')) as Values;
}

export interface Values {
  readonly [name: string]: unknown;
}

/** Values over others, as Helm lays them: maps are merged, everything else is replaced. */
export function mergeValues(base: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const under = merged[name];
    merged[name] = isMap(under) && isMap(value) ? mergeValues(under, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
