import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { writePidFile } from './process/pid-file.ts';
import { identify } from './process/process-identity.ts';
import { createTestRoot } from './test-root.ts';

async function leaveServer(directory: string) {
  const child = spawn('sleep', ['60'], { detached: true });
  await mkdir(path.join(directory, 'pids'), { recursive: true });
  const identity = await identify(child.pid ?? 0);
  assert.ok(identity);
  await writePidFile(path.join(directory, 'pids', 'example.json'), { ...identity, logStart: 0 });
  return once(child, 'exit');
}

test('a test root takes with it the servers that were left below it', async () => {
  const root = await createTestRoot();
  const gone = leaveServer(path.join(root.directory, 'deep', 'state'));
  const other = await createTestRoot();
  assert.ok(existsSync(root.directory), 'one whose run lives is not touched');
  assert.equal(await other.remove(), 0);
  assert.equal(await root.remove(), 1);
  assert.equal((await gone)[1], 'SIGKILL');
  assert.equal(existsSync(root.directory), false);
});

test('a test root of a killed run is removed by the next', async () => {
  const root = await createTestRoot();
  await writePidFile(path.join(root.directory, 'owner.json'), { pid: process.pid, begun: 'long ago', logStart: 0 });
  const gone = leaveServer(root.directory);
  const next = await createTestRoot();
  await gone;
  assert.equal(existsSync(root.directory), false);
  assert.equal((await stat(next.directory)).mode & 0o011, 0o011, 'others may pass through');
  await next.remove();
});
