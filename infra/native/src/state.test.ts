import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { choosePorts } from './choose-ports.ts';
import { writeEnvironmentFile } from './environment.ts';
import { InfraError } from './infra-error.ts';
import { StateDirectory } from './state.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

describe('a state directory', () => {
  it('knows no ports before the first start, and then those written', async () => {
    await using temporary = await temporaryDirectory();
    const state = new StateDirectory(path.join(temporary.directory, 'state'));
    assert.equal(await state.readPorts(), undefined);
    const ports = await choosePorts({}, undefined, 3);
    await state.create();
    await state.writePorts(ports);
    assert.deepEqual(await state.readPorts(), ports);
  });

  it('says when it is damaged', async () => {
    await using temporary = await temporaryDirectory();
    const state = new StateDirectory(temporary.directory);
    for (const text of ['', '{"ports":{"kafka":[]}}', '{"ports":{"kafka":[{"client":1,"controller":99999}]}}']) {
      await writeFile(path.join(temporary.directory, 'state.json'), text);
      await assert.rejects(state.readPorts(), InfraError);
    }
  });

  it('forgets data, ports and addresses, and keeps logs', async () => {
    await using temporary = await temporaryDirectory();
    const state = new StateDirectory(temporary.directory);
    await state.create();
    await state.writePorts(await choosePorts({}, undefined, 1));
    await writeEnvironmentFile(state.environmentFile, { REDIS_URL: 'redis://127.0.0.1:1' });
    await state.forgetData();
    assert.deepEqual((await readdir(temporary.directory)).sort(), ['logs', 'pids']);
    assert.equal(await state.readPorts(), undefined);
  });

  it('shows addresses, which hold a password, to nobody else', async () => {
    await using temporary = await temporaryDirectory();
    const { environmentFile } = new StateDirectory(temporary.directory);
    await writeEnvironmentFile(environmentFile, {
      DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c',
      REDIS_URL: 'redis://d',
    });
    assert.equal((await stat(environmentFile)).mode & 0o077, 0);
    process.loadEnvFile(environmentFile);
    assert.equal(process.env.DATABASE_URL, 'postgres://a:b@127.0.0.1:1/c');
  });
});
