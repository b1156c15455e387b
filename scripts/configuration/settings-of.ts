import { describeSettings, type Setting } from '../../packages/service/src/index.ts';
import type { Program } from './programs.ts';

/** The settings of a program that a person may choose, each once. */
export function settingsOf({ schemas, ownChoice = [], needed = [], defaults = {} }: Program): readonly Setting[] {
  const settings = new Map<string, Setting>();
  for (const setting of Object.values(schemas).flatMap(describeSettings)) {
    const { name, required, fallback } = setting;
    // Two schemas of one program may share a setting: the first says what it is.
    if (settings.has(name) || ownChoice.includes(name)) continue;
    settings.set(name, {
      ...setting,
      required: required || needed.includes(name),
      fallback: defaults[name] ?? fallback,
    });
  }
  return [...settings.values()];
}
