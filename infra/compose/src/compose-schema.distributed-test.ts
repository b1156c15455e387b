import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { pythonPackage } from '@repo/images/python-package';
import { composeFile } from './read-compose-file.ts';

const run = promisify(execFile);
const CHECKER = 'check-jsonschema==0.39.0';

/** @returns what the schema of the Compose specification has against a file; nothing when it is one. */
async function violations(file: string): Promise<string> {
  const env = { ...process.env, PYTHONPATH: await pythonPackage(CHECKER) };
  try {
    await run('python3', ['-m', 'check_jsonschema', '--builtin-schema', 'vendor.compose-spec', file], { env });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (!stdout) throw new Error(stderr, { cause: error });
    return stdout;
  }
}

it('docker-compose.yml is one by the schema of the Compose specification', async () => {
  assert.equal(await violations(composeFile), '');
});

it('the schema tells what is wrong', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-compose-'));
  try {
    const wrong = path.join(directory, 'docker-compose.yml');
    const text = await readFile(composeFile, 'utf8');
    await writeFile(wrong, text.replace('stop_grace_period: 90s', 'stop_grace: 90s'));
    assert.match(await violations(wrong), /'stop_grace' was unexpected/);
  } finally {
    await rm(directory, { recursive: true });
  }
});
