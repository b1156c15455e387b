import assert from 'node:assert/strict';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { canRun, findPostgresAccount } from './postgres-account.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { isServerOf, readPostmasterPid } from './postmaster-pid.ts';
import { findReachableBinaries } from './reachable-binaries.ts';
import { createTemporaryDirectory } from './testing/temporary-directory.ts';

// Others than root run PostgreSQL as themselves and reach what is theirs.
const account = await findPostgresAccount();
if (account !== undefined) {
  describe('a directory that only root may enter', () => {
    let temporary: Awaited<ReturnType<typeof createTemporaryDirectory>>;
    let closed: string;
    let systemDir: string;

    beforeEach(async () => {
      temporary = await createTemporaryDirectory();
      closed = path.join(temporary.directory, 'closed');
      systemDir = path.join(temporary.directory, 'system');
      await mkdir(closed, { mode: 0o700 });
    });
    afterEach(() => temporary.remove());

    it('holds a cluster all the same', async () => {
      const options = { dataDir: path.join(closed, 'data'), settings: { fsync: 'off' } };
      const first = await startEmbeddedPostgres(options);
      const client = new Client({ connectionString: first.ownerUrl });
      await client.connect();
      await client.query('create table kept as select 42 as value');
      await client.query('create database another');
      await client.query('checkpoint');
      await client.end();
      await first.stop();

      const second = await startEmbeddedPostgres(options);
      const again = new Client({ connectionString: second.ownerUrl });
      await again.connect();
      assert.deepEqual((await again.query('select value from kept')).rows, [{ value: 42 }]);
      await again.end();
      const directory = path.join(closed, 'data', 'cluster', 'data');
      const status = await readPostmasterPid(directory);
      assert.ok(await isServerOf(status?.pid ?? 0, directory), 'an orphan would be known');
      await second.stop();
      assert.equal((await stat(closed)).mode & 0o777, 0o700, 'the closed directory stays closed');
    });

    it('copies the binaries to where they can be run', async () => {
      const binaries = path.join(closed, 'package', 'native');
      await cp(findPostgresBinaries(), binaries, { recursive: true, verbatimSymlinks: true });
      await cp(path.join(findPostgresBinaries(), '..', 'package.json'), path.join(closed, 'package', 'package.json'));
      assert.equal(await canRun(account, path.join(binaries, 'bin', 'postgres')), false);
      const found = await findReachableBinaries(account, binaries, systemDir);
      assert.ok(await canRun(account, path.join(found, 'bin', 'postgres')));
      assert.equal(await findReachableBinaries(account, binaries, systemDir), found);
      assert.equal((await readdir(systemDir)).length, 1);
    });
  });
}
