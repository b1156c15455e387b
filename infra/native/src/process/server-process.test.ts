import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ConfigError, findFreePort } from '@repo/service';
import { InfraError } from '../infra-error.ts';
import { StateDirectory } from '../state.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { ServerProcess } from './server-process.ts';
import type { ServerProgram } from './server-program.ts';

const LISTEN = `
  const server = require('node:http').createServer((_, response) => response.end('here'));
  server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log('ready'));
  process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });`;

async function serverIn(directory: string, script = LISTEN, settings: Partial<ServerProgram> = {}) {
  const state = new StateDirectory(directory);
  await state.create();
  const port = await findFreePort();
  const program: ServerProgram = {
    title: 'Example',
    logFile: state.log('example'),
    pidFile: state.pid('example'),
    ports: [{ setting: 'EXAMPLE_PORT', port }],
    prepare: async () => undefined,
    command: async () => ({ program: process.execPath, args: ['-e', script, String(port)] }),
    isReady: async (_run, log) => (await log()).includes('ready'),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2000,
    ...settings,
  };
  const create = () => new ServerProcess(program, true, undefined);
  const ask = async (timeoutMs = 2000) =>
    (await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(timeoutMs) })).text();
  return { server: create(), create, ask, port, log: program.logFile };
}

describe('a server process', () => {
  it('starts, is known to whoever opens the same state, and stops', async () => {
    await using temporary = await temporaryDirectory();
    const { server, create, ask } = await serverIn(temporary.directory);
    assert.equal(await server.start(), true);
    assert.equal(await ask(), 'here');
    assert.equal(await create().start(), false);
    assert.deepEqual(await create().find(), await server.find());
    await create().stop();
    assert.equal(await server.find(), undefined);
    await assert.rejects(ask());
    await server.stop();
  });

  it('starts again after it was killed', async () => {
    await using temporary = await temporaryDirectory();
    const { server, ask } = await serverIn(temporary.directory);
    await server.start();
    const first = await server.find();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    while ((await server.find()) !== undefined);
    assert.equal(await server.start(), true);
    assert.equal(await ask(), 'here');
    await server.kill();
    assert.equal(await server.find(), undefined);
  });

  it('is silent while it is paused; a start wakes it, a stop ends it', async () => {
    await using temporary = await temporaryDirectory();
    const { server, ask } = await serverIn(temporary.directory);
    await server.start();
    await server.pause();
    await assert.rejects(ask(200), { name: 'TimeoutError' });
    await server.resume();
    assert.equal(await ask(), 'here');
    await server.pause();
    assert.equal(await server.start(), false);
    assert.equal(await ask(), 'here');
    await server.pause();
    await server.stop();
    assert.equal(await server.find(), undefined);
    await assert.rejects(server.pause(), InfraError);
  });

  it('is killed when it does not obey', async () => {
    await using temporary = await temporaryDirectory();
    const deaf = `${LISTEN} process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});`;
    const { server } = await serverIn(temporary.directory, deaf, { stopTimeoutMs: 300 });
    await server.start();
    await server.stop();
    assert.equal(await server.find(), undefined);
  });

  it('says in its own words why it does not start', async () => {
    await using temporary = await temporaryDirectory();
    const { server, log } = await serverIn(temporary.directory, 'console.error("no luck"); process.exit(3);');
    await assert.rejects(server.start(), (error: Error) => {
      assert.ok(error instanceof InfraError);
      assert.match(error.message, /^Example ended before it was ready; the end of .*\n {2}no luck$/);
      assert.ok(error.message.includes(log));
      return true;
    });
  });

  it('tries again what passes by itself', async () => {
    await using temporary = await temporaryDirectory();
    const marker = JSON.stringify(path.join(temporary.directory, 'marker'));
    const second = `const fs = require('node:fs');
      if (!fs.existsSync(${marker})) { fs.writeFileSync(${marker}, ''); console.log('busy'); process.exit(1); } ${LISTEN}`;
    const { server } = await serverIn(temporary.directory, second, { mayPass: (log) => log.includes('busy') });
    await server.start();
    await server.stop();
  });

  it('says which setting moves it when somebody else has its port', async () => {
    await using temporary = await temporaryDirectory();
    const { server, port } = await serverIn(temporary.directory);
    const other = createServer().listen(port, '127.0.0.1');
    await assert.rejects(server.start(), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`^Port ${port} is in use by another program: .*EXAMPLE_PORT=`));
      return true;
    });
    other.close();
  });

  it('says when its program is not there', async () => {
    await using temporary = await temporaryDirectory();
    const { server } = await serverIn(temporary.directory, '', {
      command: async () => ({ program: '/nowhere/server', args: [] }),
    });
    await assert.rejects(server.start(), /^InfraError: Example cannot be run: .*ENOENT/);
  });
});
