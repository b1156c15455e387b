import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

type Theme = 'light' | 'dark' | 'light, blue and orange' | 'dark, blue and orange';

const LIGHT = ':root';
const DARK = ':root[data-theme="dark"]';
const BLOCKS: Record<Theme, readonly string[]> = {
  light: [LIGHT],
  dark: [LIGHT, DARK],
  'light, blue and orange': [LIGHT, ':root[data-palette="blue-orange"]'],
  'dark, blue and orange': [LIGHT, DARK, ':root[data-theme="dark"][data-palette="blue-orange"]'],
};

/** The hex tokens of a theme: those of its blocks, later ones first. */
function tokensOf(theme: Theme): Record<string, string> {
  return Object.assign({}, ...BLOCKS[theme].map((selector) => readBlock(selector)));
}

function readBlock(selector: string): Record<string, string | undefined> {
  const start = css.indexOf(`\n${selector} {`);
  const block = css.slice(start, css.indexOf('\n}', start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
}

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['canvas', 'surface', 'raised', 'accent-tint'];
const pairs: [text: string, behind: readonly string[]][] = [
  ['ink', [...surfaces, 'up-tint', 'down-tint']],
  ['muted', [...surfaces, 'up-tint', 'down-tint']],
  ['faint', surfaces],
  ['accent', surfaces],
  ['up', [...surfaces, 'up-tint']],
  ['down', [...surfaces, 'down-tint']],
  ['buy', ['surface']],
  ['sell', ['surface']],
  ['caution', ['surface', 'caution-tint']],
  ['on-accent', ['accent', 'accent-strong']],
];

describe.each(Object.keys(BLOCKS) as Theme[])('%s', (theme) => {
  const tokens = tokensOf(theme);
  test.each(pairs.flatMap(([text, behind]) => behind.map((surface): [string, string] => [text, surface])))(
    '%s on %s reads at 4.5:1',
    (text, surface) => {
      expect(contrast(tokens[text] ?? '', tokens[surface] ?? '')).toBeGreaterThanOrEqual(4.5);
    },
  );
  test('the border of a field stands out at 3:1', () => {
    expect(contrast(tokens['line-strong'] ?? '', tokens.surface ?? '')).toBeGreaterThanOrEqual(3);
  });
});
