import type { Setting } from '../../packages/service/src/index.ts';
import { type Program, programs } from './programs.ts';
import { settingsOf } from './settings-of.ts';
import { wrap } from './wrap.ts';

const WIDTH = 120;

const head = `# Configuration

Everything that can be set, by program. Settings are environment variables; an empty one counts as absent. A wrong value
is refused at the start, in a sentence that names the variable and says what it should be, and the program ends with exit
code 1. **needed**: there is no default. **secret**: the value, or a password in it, must not be seen; it is never logged.

Each program has a \`.env.example\` beside it, to be copied, filled in and read by \`node --env-file\`. What bounds something
and cannot be set is in [limits.md](../limits.md); secrets and their rotation are in
[deployment.md](deployment.md#secrets).

This page is made from the schemas that the programs themselves read (\`npm run docs:config\`).
`;

/** docs/operations/configuration.md. */
export function referencePage(): string {
  return `${[head, ...programs.map(section)].join('\n')}`;
}

function section(program: Program): string {
  const settings = settingsOf(program);
  const rows = settings.map(row).join('\n');
  return `## ${program.title}\n\n${wrap(program.intro, WIDTH)}\n\n| variable | default | values | |\n|---|---|---|---|\n${rows}\n`;
}

function row({ name, fallback, values, description, required, secret }: Setting): string {
  const marks = [required ? '**needed**' : '', secret ? '**secret**' : ''].filter((mark) => mark !== '').join(', ');
  const text = [marks === '' ? '' : `${marks}. `, description].join('');
  return `| \`${name}\` | ${fallback === undefined || fallback === '' ? '–' : `\`${fallback}\``} | ${values} | ${text} |`;
}
