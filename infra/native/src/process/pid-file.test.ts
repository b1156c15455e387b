import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { readPidFile, writePidFile } from './pid-file.ts';
import { identify, isAlive } from './process-identity.ts';

describe('a pid file', () => {
  it('names a process for as long as it lives', async () => {
    await using temporary = await temporaryDirectory();
    const file = path.join(temporary.directory, 'server.json');
    const child = spawn('sleep', ['60']);
    const identity = await identify(child.pid ?? 0);
    assert.ok(identity);
    await writePidFile(file, { ...identity, logStart: 7 });
    assert.deepEqual(await readPidFile(file), { ...identity, logStart: 7 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(await readPidFile(file), undefined);
  });

  it('does not name another process that was given the same id', async () => {
    await using temporary = await temporaryDirectory();
    const file = path.join(temporary.directory, 'server.json');
    await writePidFile(file, { pid: process.pid, begun: 'long ago', logStart: 0 });
    assert.equal(await readPidFile(file), undefined);
  });

  it('names nobody when it is absent or damaged', async () => {
    await using temporary = await temporaryDirectory();
    const file = path.join(temporary.directory, 'server.json');
    assert.equal(await readPidFile(file), undefined);
    for (const text of ['', '{', '{"pid":1}', `{"pid":"${process.pid}"}`]) {
      await writeFile(file, text);
      assert.equal(await readPidFile(file), undefined);
    }
  });
});

describe('the identity of a process', () => {
  it('stays the same', async () => {
    const own = await identify(process.pid);
    assert.ok(own);
    assert.ok(await isAlive(own));
    assert.deepEqual(await identify(process.pid), own);
  });

  it('is none for a process that has ended and that nobody has collected', async () => {
    // The shell becomes a program that never asks for its child.
    const parent = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 60']);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const deadline = performance.now() + 5000;
    while ((await identify(Number(line))) !== undefined) assert.ok(performance.now() < deadline, 'seen as alive');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });
});
