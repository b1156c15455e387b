import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { createTemporaryDirectory } from './embedded/testing/temporary-directory.ts';
import type { DatabaseRole } from './port.ts';
import { roleUrl } from './role-url.ts';
import { copyTestCluster, testRolePasswords } from './test-cluster.ts';

export { createScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';

/** A migrated database on a server of its own. */
export interface TestDatabase {
  readonly ownerUrl: string;
  url(role: DatabaseRole): string;
  /** Stops the server as a crash would. */
  stopServer(): Promise<void>;
  /** Starts it again on the same port. */
  startServer(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL in a directory of its own under the system's temporary one. Commits survive `stopServer`, not a
 * power cut: nothing is flushed to the disk. The server and the directory go with `close`, or with this process
 * however it ends: a test that is killed leaves nothing.
 */
export async function startTestDatabase(): Promise<TestDatabase> {
  const { directory } = await createTemporaryDirectory();
  const remove = removeWithThisProcess(directory);
  const options = { dataDir: path.join(directory, 'postgres'), settings: { fsync: 'off' } };
  await copyTestCluster(options.dataDir);
  let server = await startEmbeddedPostgres(options);
  const { ownerUrl } = server;
  return {
    ownerUrl,
    url: (role) => roleUrl(ownerUrl, role, testRolePasswords[role]),
    stopServer: () => server.stop('immediate'),
    startServer: async () => {
      server = await startEmbeddedPostgres({ ...options, port: Number(new URL(ownerUrl).port) });
    },
    close: async () => {
      await server.stop('immediate');
      await remove();
    },
  };
}

/** A shell that waits for the end of its input, which is ours, and then clears up what is left. */
function removeWithThisProcess(directory: string): () => Promise<void> {
  const script = 'cat; read -r pid < "$1/postgres/cluster/data/postmaster.pid" && kill -QUIT "$pid"; rm -rf "$1"';
  const shell = spawn('/bin/sh', ['-c', script, 'sh', directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  return async () => {
    const ended = once(shell, 'exit');
    shell.ref();
    shell.stdin.end();
    await ended;
  };
}
