import type { Setting } from '../../packages/service/src/index.ts';
import type { Program } from './programs.ts';
import { settingsOf } from './settings-of.ts';
import { wrap } from './wrap.ts';

const WIDTH = 100;

/** `.env.example` of a program: what is needed stands first and blank, defaults are commented out. */
export function envExample(program: Program): string {
  const settings = settingsOf(program);
  const needed = settings.filter(({ required }) => required);
  const rest = settings.filter(({ required }) => !required);
  const head = comment(
    `Settings of ${program.title}. Copy to ${program.folder}/.env and fill in, then from the root of the repository: ` +
      `node --env-file=${program.folder}/.env ${program.loadedBy[0]}`,
  );
  const parts = [head, '# Made from the schemas by: npm run docs:config'];
  if (needed.length > 0) parts.push('# --- Needed', ...needed.map(entry), '# --- With defaults');
  return `${[...parts, ...rest.map(entry)].join('\n\n')}\n`;
}

function entry({ name, description, values, fallback, required, secret, hint }: Setting): string {
  const plain = description.replaceAll('`', '');
  const lines = [comment(`${secret ? 'Secret. ' : ''}${plain} (${values})`)];
  if (hint !== undefined) lines.push(comment(`Made by: ${hint}`));
  lines.push(required ? `${name}=` : `#${name}=${quoted(fallback ?? '')}`);
  return lines.join('\n');
}

/** A value that `node --env-file` and a shell read alike. */
function quoted(value: string): string {
  return /^[\w.,:/@+-]*$/.test(value) ? value : `'${value}'`;
}

function comment(text: string): string {
  return wrap(text, WIDTH, '# ');
}
