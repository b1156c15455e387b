import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const VERSION = '4.32.5';
const folder = path.resolve(import.meta.dirname, `../../../../node_modules/.cache/schemathesis-${VERSION}`);

/** The program, installed on first use; `undefined` on a machine without Python 3.10 and its `venv`. */
export async function installSchemathesis(): Promise<string | undefined> {
  const program = path.join(folder, 'bin', 'schemathesis');
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return program;
  try {
    await run('python3', ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)']);
  } catch {
    return undefined;
  }
  await rm(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(path.join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
  await writeFile(complete, '');
  return program;
}
