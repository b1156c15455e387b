import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InfraError } from '../infra-error.ts';
import type { PostgresBinaries } from './find-binaries.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { reachDirectory } from './reach-directory.ts';

export const OWNER = 'postgres';

/**
 * Makes a database cluster in `directory/data` and its owner's password in `directory/owner-password`.
 *
 * @throws InfraError in initdb's own words.
 */
export async function initialiseCluster(options: {
  readonly directory: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | undefined;
}): Promise<void> {
  const { directory, binaries, account } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const passwordFile = path.join(directory, 'owner-password');
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (account !== undefined) {
    for (const file of [passwordFile, directory]) await chown(file, account.uid, account.gid);
  }
  const { name, inherited } = await reachDirectory(account, directory);
  try {
    const args = [
      `--pgdata=${name}/data`,
      `--username=${OWNER}`,
      `--pwfile=${name}/owner-password`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...localeArgs(binaries.version),
      '--no-instructions',
    ];
    const failure = await run(path.join(binaries.folder, 'initdb'), args, account, inherited?.fd);
    if (failure !== undefined) throw new InfraError(`PostgreSQL could not initialise ${directory}: ${failure}`);
    // Written last: what a killed start leaves is never taken for a cluster.
    await writeFile(path.join(directory, 'complete'), `${binaries.version}\n`);
  } finally {
    await inherited?.close();
  }
}

/** Texts are ordered by code point and cased as in all of Unicode, on every machine, whatever locales it has. */
function localeArgs(version: number): readonly string[] {
  if (version >= 17) return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return process.platform === 'linux' ? ['--locale=C', '--lc-ctype=C.UTF-8'] : ['--locale=C'];
}

/** @returns why it failed, or `undefined`. */
function run(
  program: string,
  args: readonly string[],
  account: PostgresAccount | undefined,
  inherited: number | undefined,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...account,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe', inherited ?? 'ignore'],
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? undefined : errors.trim().split('\n')[0]));
  });
}
