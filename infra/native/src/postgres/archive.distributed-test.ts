import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startServers } from '../index.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { findPostgresAccount } from './postgres-account.ts';

// The commands are those of the page, so that whoever follows it does what was tried here.
const page = await readFile(
  path.join(import.meta.dirname, '../../../../docs/operations/backup-and-restore.md'),
  'utf8',
);
const run = promisify(execFile);
const ARCHIVED_MS_MAX = 20_000;
const RECOVERY_MS_MAX = 20_000;

it('brings back what was committed after the base backup, by the documented commands', async () => {
  await using temporary = await temporaryDirectory();
  const servers = await startServers({ stateDir: temporary.directory, ports: 'free', servers: ['postgres'] });
  const { postgres } = servers;
  const account = await findPostgresAccount();
  const dataDir = path.join(temporary.directory, 'data/postgres/data');
  const [backup, log] = ['backup', 'log'].map((name) => path.join(temporary.directory, name)) as [string, string];
  for (const directory of [backup, log]) {
    await mkdir(directory, { mode: 0o700 });
    if (account !== undefined) await chown(directory, account.uid, account.gid);
  }
  const environment = {
    PATH: process.env.PATH,
    OWNER_URL: postgres.address,
    BACKUP: backup,
    WAL: log,
    PGDATA: dataDir,
  };
  const asPostgres = { ...account, cwd: '/', env: environment };
  const follow = async (block: string) => {
    const [, commands] = new RegExp(`^\`\`\`sh ${block}\\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? [];
    assert.ok(commands, `the page has no block ${block}`);
    await run('sh', ['-euc', commands], asPostgres);
  };
  const ask = async (text: string) => {
    const { stdout } = await run('psql', [postgres.address, '-XAt', '-v', 'ON_ERROR_STOP=1', '-c', text], asPostgres);
    return stdout.trim();
  };

  try {
    await follow('archive');
    await postgres.stop();
    await postgres.start();
    await ask(`create table kept (value text)`);
    await follow('base');
    await ask(`insert into kept values ('after the base backup')`);
    const segment = await ask('select pg_walfile_name(pg_switch_wal())');
    for (
      const deadline = performance.now() + ARCHIVED_MS_MAX;
      !(await readdir(log)).includes(segment);
      await delay(100)
    ) {
      assert.ok(performance.now() < deadline, `${segment} was not archived`);
    }

    await postgres.kill();
    await rm(dataDir, { recursive: true });
    await follow('recover');
    await postgres.start();
    // It answers questions before it has read all of the log.
    const isReading = async () => (await ask('select pg_is_in_recovery()')) === 't';
    for (const deadline = performance.now() + RECOVERY_MS_MAX; await isReading(); await delay(50)) {
      assert.ok(performance.now() < deadline, 'the recovery did not end');
    }
    assert.equal(await ask('select value from kept'), 'after the base backup');
    await ask(`insert into kept values ('and it goes on')`);
  } finally {
    await servers.stop();
  }
});
