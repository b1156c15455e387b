import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createApiClient } from '@repo/client';
import { createCookieJar } from '@repo/client/node';
import { killPrograms, type Program, runProgram } from './testing/run-program.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cfd-broker-main-'));
  // As root the database runs as a user of its own, who must be able to enter.
  await chmod(directory, 0o755);
});
after(async () => {
  await killPrograms();
  await rm(directory, { recursive: true, force: true });
});

/** The pid of the PostgreSQL server of a data directory. */
async function postgresPid(dataDir: string): Promise<number> {
  const found = await findFile(join(dataDir, 'postgres'), 'postmaster.pid');
  return Number((await readFile(found, 'utf8')).split('\n')[0]);
}

async function findFile(below: string, name: string): Promise<string> {
  for (const entry of await readdir(below, { recursive: true, withFileTypes: true })) {
    if (entry.name === name) return join(entry.parentPath, name);
  }
  throw new Error(`no ${name} below ${below}`);
}

/** A process that has ended but that nobody has waited for (a zombie) counts as ended. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

function clientOf(program: Program) {
  const origin = 'http://localhost:3000';
  return createApiClient({ baseUrl: `http://127.0.0.1:${program.httpPort}`, origin, cookies: createCookieJar() });
}

describe('a start that cannot succeed', () => {
  const refuse = async (environment: Record<string, string>, sentence: RegExp) => {
    const program = await runProgram({ DATA_DIR: join(directory, 'refused'), ...environment });
    const { code } = await program.ended;
    assert.equal(code, 1, program.output());
    assert.match(program.output(), sentence);
    assert.doesNotMatch(program.output(), /\n\s+at /, 'a stack trace');
    assert.equal(
      program
        .output()
        .split('\n')
        .filter((line) => line.includes('✗')).length,
      1,
    );
  };

  it('says which port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    await refuse({ HTTP_PORT: String(address.port) }, new RegExp(`Port ${address.port} is in use .*HTTP_PORT`));
    server.close();
  });

  it('says that two ports are the same', () =>
    refuse({ HTTP_PORT: '45001', WS_PORT: '45001' }, /WS_PORT and HTTP_PORT are both 45001/));

  const wrong: Record<string, [Record<string, string>, RegExp]> = {
    'a port': [{ WS_PORT: '80808' }, /WS_PORT is "80808": it must be a port from 1 to 65535\./],
    'a price source': [
      { PRICE_SOURCE: 'bloomberg' },
      /PRICE_SOURCE is "bloomberg": .*backpack.*binance.*simulated.*replay/,
    ],
    'a speed': [
      { PRICE_SOURCE: 'replay', REPLAY_FILE: 'x', REPLAY_SPEED: '-1' },
      /REPLAY_SPEED is "-1": it must be a number above 0, or max\./,
    ],
    'a loop': [{ REPLAY_LOOP: 'often' }, /REPLAY_LOOP is "often": it must be true or false\./],
    'a missing recording': [
      { PRICE_SOURCE: 'replay', REPLAY_FILE: '/nowhere/quotes.gz' },
      /REPLAY_FILE.*\/nowhere\/quotes\.gz/,
    ],
    'a replay without a recording': [{ PRICE_SOURCE: 'replay' }, /REPLAY_FILE/],
    'a data directory': [{ DATA_DIR: '/dev/null/data' }, /DATA_DIR is "\/dev\/null\/data": it cannot be written to/],
    'a short secret': [{ JWT_SECRET: 'secret' }, /JWT_SECRET is wrong: a secret of at least 32 characters is needed\./],
  };
  for (const [what, [environment, sentence]] of Object.entries(wrong)) {
    it(`says what is wrong with ${what}`, () => refuse(environment, sentence));
  }

  it('says that a file is no recording', async () => {
    const file = join(directory, 'recording.txt');
    await writeFile(file, 'these are no quotes\n');
    await refuse({ PRICE_SOURCE: 'replay', REPLAY_FILE: file }, /REPLAY_FILE.*recording\.txt/);
  });

  it('says that the data directory is in use', async () => {
    const dataDir = join(directory, 'shared');
    const first = await runProgram({ DATA_DIR: dataDir });
    await first.ready;
    await refuse({ DATA_DIR: dataDir }, /in use|already/);
    assert.equal((await fetch(`http://127.0.0.1:${first.httpPort}/healthz`)).status, 200);
    first.child.kill('SIGTERM');
    await first.ended;
  });
});

describe('stopping and starting again', () => {
  it('stops everything on Ctrl-C, the database included', async () => {
    const dataDir = join(directory, 'stopped');
    const program = await runProgram({ DATA_DIR: dataDir });
    await program.ready;
    const database = await postgresPid(dataDir);
    assert.equal(isRunning(database), true);
    program.child.kill('SIGINT');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.equal(isRunning(database), false);
    assert.match(program.output(), /Stopped\./);
  });

  it('stops in order while it is still starting', async () => {
    const program = await runProgram({ DATA_DIR: join(directory, 'hasty') });
    while (!program.output().includes('PostgreSQL')) await new Promise((resolve) => setTimeout(resolve, 20));
    program.child.kill('SIGINT');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.equal(isRunning(await postgresPid(join(directory, 'hasty')).catch(() => 2 ** 30)), false);
  });

  it('keeps users and sessions through kill -9, and cleans what was left', async () => {
    const dataDir = join(directory, 'killed');
    const account = { email: 'ada@example.com', password: 'five green parrots sing' };
    const first = await runProgram({ DATA_DIR: dataDir });
    await first.ready;
    const client = clientOf(first);
    await client.signup(account);
    const otp = (await client.mailbox())[0]?.text.match(/\b\d{6}\b/)?.[0] ?? '';
    await client.verifyOtp({ email: account.email, otp });
    const orphan = await postgresPid(dataDir);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await runProgram({ DATA_DIR: dataDir });
    await second.ready;
    assert.notEqual(await postgresPid(dataDir), orphan);
    assert.equal(isRunning(orphan), false);
    assert.equal((await clientOf(second).signin(account)).user.email, account.email);
    second.child.kill('SIGTERM');
    assert.equal((await second.ended).code, 0);
  });

  it('replaces itself after a crash', async () => {
    const program = await runProgram({
      DATA_DIR: join(directory, 'crashed'),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent("process.once('SIGUSR2',()=>{throw new Error('a bug')})")}`,
    });
    await program.ready;
    program.child.kill('SIGUSR2');
    while (program.output().split('CFD-Broker is ready').length < 3)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.match(program.output(), /crashed \(a bug\) and starts again/);
    assert.equal((await fetch(`http://127.0.0.1:${program.httpPort}/healthz`)).status, 200);
    program.child.kill('SIGTERM');
    assert.equal((await program.ended).code, 0);
  });
});
