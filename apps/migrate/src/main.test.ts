import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { findFreePort } from '@repo/service';
import { Client } from 'pg';

const passwords = {
  DB_PROCESSOR_PASSWORD: 'd'.repeat(32),
  API_SERVER_PASSWORD: 'a'.repeat(32),
  POLLER_PASSWORD: 'p'.repeat(32),
  TRADING_ENGINE_PASSWORD: 't'.repeat(32),
};

interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

interface RunningMigrate {
  readonly ended: Promise<Outcome>;
  /** Resolves when it has written something to its log. */
  readonly hasLogged: Promise<void>;
  terminate(): void;
}

function runMigrate(environment: Record<string, string>): RunningMigrate {
  const main = path.join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...passwords, ...environment } });
  const texts = { output: '', errors: '' };
  const hasLogged = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      texts.output += chunk.toString();
      resolve();
    });
  });
  child.stderr.on('data', (chunk: Buffer) => (texts.errors += chunk.toString()));
  const ended = new Promise<Outcome>((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
  return { ended, hasLogged, terminate: () => child.kill('SIGTERM') };
}

describe('migrate', () => {
  let database: TestDatabase;
  let url: string;
  before(async () => {
    database = await startTestDatabase();
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query('create database empty');
    await owner.end();
    url = withDatabase(database.ownerUrl, 'empty');
  });
  after(() => database.close());

  it('brings an empty database to the newest schema and sets the passwords, and does nothing the second time', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { code, output, errors } = await runMigrate({ DATABASE_URL: url }).ended;
      assert.deepEqual({ code, errors }, { code: 0, errors: '' }, output);
      assert.match(output, /"service":"migrate".*newest schema/);
      assert.ok(!output.includes(passwords.POLLER_PASSWORD));
    }
    for (const [role, password] of [
      ['db_processor', passwords.DB_PROCESSOR_PASSWORD],
      ['api_server', passwords.API_SERVER_PASSWORD],
      ['poller', passwords.POLLER_PASSWORD],
      ['trading_engine', passwords.TRADING_ENGINE_PASSWORD],
    ] as const) {
      const asRole = new URL(url);
      asRole.username = role;
      asRole.password = password;
      const client = new Client({ connectionString: asRole.href });
      await client.connect();
      const { rows } = await client.query(`select has_table_privilege('${role}', 'leases', 'select') as may`);
      assert.deepEqual(rows, [{ may: role === 'poller' || role === 'trading_engine' }], role);
      await client.end();
    }
  });

  it('waits for a server that starts later', async () => {
    await database.stopServer();
    const running = runMigrate({ DATABASE_URL: url });
    await running.hasLogged;
    await database.startServer();
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.match(output, /PostgreSQL is away: waiting for it/);
  });

  it('says in a sentence what is missing, and shows no secret', async () => {
    const { code, errors } = await runMigrate({ DATABASE_URL: '', API_SERVER_PASSWORD: 'too-short' }).ended;
    assert.equal(code, 1);
    assert.match(errors, /^migrate failed\. DATABASE_URL is not set: .*\nAPI_SERVER_PASSWORD is wrong: .*\n$/);
    assert.ok(!errors.includes('too-short'));
  });

  it('gives up a server that stays away', async () => {
    const away = `postgres://owner:x@127.0.0.1:${await findFreePort()}/empty`;
    const { code, errors } = await runMigrate({ DATABASE_URL: away, DATABASE_WAIT_SECONDS: '1' }).ended;
    assert.equal(code, 1);
    assert.match(errors, /^migrate failed\. PostgreSQL was away for DATABASE_WAIT_SECONDS, 1 s: connect ECONNREFUSED/);
  });

  it('does not wait where waiting does not help', async () => {
    const wrong = new URL(url);
    wrong.password = 'wrong';
    const { code, errors } = await runMigrate({ DATABASE_URL: wrong.href }).ended;
    assert.equal(code, 1);
    assert.match(errors, /^migrate failed\. PostgreSQL did not take the migration: password authentication failed/);
    assert.ok(!errors.includes('wrong'));
  });

  it('ends at SIGTERM while it waits', async () => {
    // Takes the connection and says nothing.
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    const running = runMigrate({ DATABASE_URL: `postgres://owner:x@127.0.0.1:${address.port}/empty` });
    await connected;
    running.terminate();
    assert.equal((await running.ended).code, 143);
    silent.close();
  });
});

function withDatabase(ownerUrl: string, name: string): string {
  const url = new URL(ownerUrl);
  url.pathname = name;
  return url.href;
}
