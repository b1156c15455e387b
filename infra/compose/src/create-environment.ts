import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { createSecrets } from '@repo/service';

/** Passwords of the servers in the containers, beside the services' own secrets. */
const SERVER_PASSWORDS = ['POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'GRAFANA_PASSWORD'] as const;

const HEAD = `# Secrets of this installation, made by \`npm run compose:secrets\`. Keep a copy: without POSTGRES_PASSWORD the data
# cannot be opened, without the SEALING keys and the others every session and sign-up in hand ends. Settings may be
# added here too; README.md has them.
`;

/**
 * Adds the secrets that `file` lacks, and the file itself where there is none. What it has stays as it is.
 *
 * @returns the names of those that were added.
 */
export async function createEnvironment(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return HEAD;
    throw error;
  });
  const kept = parseEnv(text);
  const passwords = SERVER_PASSWORDS.map((name) => [name, randomBytes(32).toString('base64url')] as const);
  const added = [...Object.entries(await createSecrets()), ...passwords].filter(([name]) => !kept[name]);
  if (added.length === 0) return [];
  const separator = text.endsWith('\n') ? '' : '\n';
  // Quoted: the sealing keys are JSON.
  const lines = added.map(([name, value]) => `${name}='${value}'\n`).join('');
  await writeFile(file, `${text}${separator}${lines}`, { mode: 0o600 });
  await chmod(file, 0o600);
  return added.map(([name]) => name);
}
