import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const directory: string = path.join(import.meta.dirname, '..');
export const repository: string = path.join(directory, '../..');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleFile {
  groups: { name: string; rules: AlertRule[] }[];
}

/** Every file of alert rules, by its path. */
export function readRuleFiles(): ReadonlyMap<string, RuleFile> {
  const files = globSync('rules/*.yml', { cwd: directory }).sort();
  return new Map(files.map((file) => [file, parse(readFileSync(path.join(directory, file), 'utf8')) as RuleFile]));
}

export function readAlerts(): readonly AlertRule[] {
  return [...readRuleFiles().values()].flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}

/** `FeedDown` is explained in docs/runbooks/feed-down.md. */
export function runbookOf(alert: string): string {
  const name = alert.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return `docs/runbooks/${name}.md`;
}
