import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isServerOf, readPostmasterPid } from './postmaster-pid.ts';
import { type OwnerProcess, startOwnerProcess } from './testing/owner-process.ts';
import { createTemporaryDirectory } from './testing/temporary-directory.ts';

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Asks until it is answered: a server that comes back by itself takes a moment. */
async function queryEventually(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  while (true) {
    try {
      return await query(url, text);
    } catch {
      await delay(20);
    }
  }
}

const createKept = 'drop table if exists kept; create table kept as select 42 as value';

describe('embedded PostgreSQL', () => {
  let temporary: Awaited<ReturnType<typeof createTemporaryDirectory>>;
  /** One cluster for most tests: each leaves it stopped. */
  let dataDir: string;
  const running: EmbeddedPostgres[] = [];
  const owners: OwnerProcess[] = [];

  const start = async (options: Partial<EmbeddedPostgresOptions> = {}) => {
    const started = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' }, ...options });
    running.push(started);
    return started;
  };
  const startOwner = (directory = dataDir) => {
    const owner = startOwnerProcess(directory);
    owners.push(owner);
    return owner;
  };
  const clusterDirectory = () => path.join(dataDir, 'cluster', 'data');

  before(async () => {
    temporary = await createTemporaryDirectory();
    dataDir = path.join(temporary.directory, 'postgres');
  });
  afterEach(async () => {
    for (const owner of owners.splice(0)) await owner.kill();
    for (const one of running.splice(0)) await one.stop('immediate');
  });
  after(async () => {
    await (await startEmbeddedPostgres({ dataDir })).stop(); // stops what a killed owner left
    await temporary.remove();
    assert.equal(process.listenerCount('exit'), 0, 'a stopped server leaves nothing behind');
  });

  it('keeps its data over a stop and a start, durably and behind a password', async () => {
    const first = await start({ settings: {} });
    const rows = await query(
      first.ownerUrl,
      "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
    );
    assert.deepEqual(rows, [{ fsync: 'on', commit: 'on' }]);
    await query(first.ownerUrl, createKept);
    const url = new URL(first.ownerUrl);
    assert.equal(url.hostname, '127.0.0.1');
    url.password = 'guessed';
    await assert.rejects(query(url.href, 'select 1'), { code: '28P01' });
    await first.stop();
    await first.stop();

    const second = await start();
    assert.deepEqual(await query(second.ownerUrl, 'select value from kept'), [{ value: 42 }]);
    const password = await stat(path.join(dataDir, 'cluster', 'owner-password'));
    assert.equal(password.mode & 0o777, 0o600);
    const log = await readFile(path.join(dataDir, 'postgres.log'), 'utf8');
    assert.match(log, /received fast shutdown request.*database system is shut down.*ready to accept connections/s);
  });

  it('refuses a second owner while the first lives', async () => {
    const owner = startOwner();
    await owner.hear('ready');
    const expected = new EmbeddedPostgresError(`The data directory ${dataDir} is in use by another running instance.`);
    await assert.rejects(startEmbeddedPostgres({ dataDir }), expected);
    await owner.kill();
    await start();
    await assert.rejects(startEmbeddedPostgres({ dataDir }), expected);
  });

  it('stops the server that a killed owner left, and loses nothing', async () => {
    const owner = startOwner();
    const url = await owner.hear('ready');
    await query(url, createKept);
    await owner.kill();
    const left = await readPostmasterPid(clusterDirectory());
    assert.ok(left !== undefined && (await isServerOf(left.pid, clusterDirectory())), 'the server outlived its owner');

    const steps: string[] = [];
    const { ownerUrl } = await start({ onProgress: (step) => steps.push(step) });
    assert.deepEqual(steps, ['stopped the PostgreSQL server of an earlier run']);
    assert.equal(await isServerOf(left.pid, clusterDirectory()), false);
    assert.deepEqual(await query(ownerUrl, 'select value from kept'), [{ value: 42 }]);
  });

  it('begins anew when its owner was killed during the initialisation', async () => {
    const unfinished = path.join(temporary.directory, 'unfinished');
    const owner = startOwner(unfinished);
    await owner.hear('progress');
    await owner.kill();
    const { ownerUrl } = await start({ dataDir: unfinished });
    assert.deepEqual(await query(ownerUrl, 'select 1 as one'), [{ one: 1 }]);
    assert.deepEqual((await readdir(unfinished)).sort(), ['cluster', 'owner.lock', 'postgres.log']);
  });

  it('leaves alone what is no cluster', async () => {
    const foreign = path.join(temporary.directory, 'foreign');
    const file = path.join(foreign, 'cluster', 'data', 'thesis.txt');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'precious');
    await assert.rejects(start({ dataDir: foreign }), (error) => {
      assert.ok(error instanceof EmbeddedPostgresError);
      assert.match(error.message, /^\S+ is not a PostgreSQL data directory: /);
      return true;
    });
    assert.equal(await readFile(file, 'utf8'), 'precious');
  });

  it('says in one sentence that a directory cannot be used', async () => {
    const file = path.join(temporary.directory, 'file');
    await writeFile(file, '');
    await assert.rejects(start({ dataDir: path.join(file, 'postgres') }), (error) => {
      assert.ok(error instanceof EmbeddedPostgresError);
      assert.match(error.message, /^The data directory \S+ cannot be used: .*\.$/);
      return true;
    });
  });

  it('signals no stranger that has the process id of its last server', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['60']);
    const ended = once(stranger, 'exit');
    await writeFile(
      path.join(clusterDirectory(), 'postmaster.pid'),
      `${stranger.pid}\n${clusterDirectory()}\n0\n5432\n\n127.0.0.1\n\nready\n`,
    );
    const { ownerUrl } = await start();
    assert.deepEqual(await query(ownerUrl, 'select 1 as one'), [{ one: 1 }]);
    stranger.kill('SIGHUP');
    assert.deepEqual(await ended, [null, 'SIGHUP'], 'the first signal it got is ours');
  });

  it('comes back under the same URL when the server is killed', async () => {
    const { ownerUrl } = await start();
    await query(ownerUrl, createKept);
    await query(ownerUrl, 'checkpoint');
    const status = await readPostmasterPid(clusterDirectory());
    process.kill(status?.pid ?? 0, 'SIGKILL');
    assert.deepEqual(await queryEventually(ownerUrl, 'select value from kept'), [{ value: 42 }]);
    assert.notEqual((await readPostmasterPid(clusterDirectory()))?.pid, status?.pid);
  });

  it('outlives Ctrl-C, so that its clients can finish', async () => {
    const owner = startOwner();
    await owner.hear('ready');
    process.kill(-(owner.child.pid ?? 0), 'SIGINT');
    assert.equal(await owner.hear('interrupted'), 'alive');
  });

  it('ends with a program that ends without stopping it', async () => {
    const owner = startOwner();
    await owner.hear('ready');
    const left = await readPostmasterPid(clusterDirectory());
    owner.child.kill('SIGUSR2');
    await once(owner.child, 'exit');
    while (await isServerOf(left?.pid ?? 0, clusterDirectory())) await delay(20);
  });

  it('says in one sentence why the server does not start', async () => {
    await assert.rejects(start({ settings: { shared_buffers: 'plenty' } }), (error) => {
      assert.ok(error instanceof EmbeddedPostgresError);
      assert.match(error.message, /^PostgreSQL did not start: .*shared_buffers.*plenty/);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
    await start();
  });
});
