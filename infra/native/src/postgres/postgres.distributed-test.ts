import assert from 'node:assert/strict';
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { type RunningServers, startServers } from '../index.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

type Row = Record<string, unknown>;

async function query(url: string, text: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000, query_timeout: 1000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(text)).rows;
  } finally {
    client.end().catch(() => undefined); // one that does not answer does not say goodbye
  }
}

describe('PostgreSQL', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let servers: RunningServers;
  const ask = (text: string) => query(servers.postgres.address, text);

  before(async () => {
    temporary = await temporaryDirectory();
    servers = await startServers({ stateDir: temporary.directory, ports: 'free', servers: ['postgres'] });
    await ask('create table kept (value text)');
  });
  beforeEach(async () => {
    await servers.postgres.start();
    await ask('truncate kept');
  });
  after(async () => {
    await servers.stop();
    await temporary[Symbol.asyncDispose]();
  });

  for (const way of ['stop', 'stopImmediate', 'kill'] as const) {
    it(`keeps what was committed over ${way}`, async () => {
      await ask(`insert into kept values ('${way}')`);
      await servers.postgres[way]();
      await assert.rejects(ask('select'));
      await servers.postgres.start();
      assert.deepEqual(await ask('select value from kept'), [{ value: way }]);
    });
  }

  it('answers nothing while it is paused, on old connections and new ones', async () => {
    const client = new Client({ connectionString: servers.postgres.address, query_timeout: 500 });
    await client.connect();
    await servers.postgres.pause();
    await assert.rejects(client.query('select 1'), /timeout/i);
    await assert.rejects(ask('select 1'));
    await servers.postgres.resume();
    assert.deepEqual((await client.query('select 1 as one')).rows, [{ one: 1 }]);
    await client.end();
  });

  it('syncs every commit, wants a password and reads all of Unicode', async () => {
    const shown = async (name: string) => (await ask(`show ${name}`))[0]?.[name];
    assert.equal(await shown('fsync'), 'on');
    assert.equal(await shown('synchronous_commit'), 'on');
    assert.equal(await shown('listen_addresses'), '127.0.0.1');
    assert.ok(Number(await shown('server_version_num')) >= 150_000);
    const stranger = new URL(servers.postgres.address);
    stranger.password = 'wrong';
    await assert.rejects(query(stranger.href, 'select'), /password authentication failed/);
    assert.deepEqual(await ask(`select lower('ÉCOLE') as low, 'Z' < 'a' as points`), [{ low: 'école', points: true }]);
  });

  it('starts where only its owner may enter', async () => {
    await using closed = await temporaryDirectory();
    await chmod(closed.directory, 0o700);
    const options = { stateDir: path.join(closed.directory, 'state'), ports: 'free', servers: ['postgres'] } as const;
    const hidden = await startServers(options);
    assert.deepEqual(await query(hidden.postgres.address, 'select 1 as one'), [{ one: 1 }]);
    assert.match(await readFile(path.join(options.stateDir, 'environment'), 'utf8'), /^DATABASE_URL=postgres:/m);
    await hidden.stop();
  });
});
