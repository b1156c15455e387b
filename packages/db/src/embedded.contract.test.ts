import path from 'node:path';
import { testDatabaseContract } from './contract.ts';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { createTemporaryDirectory } from './embedded/testing/temporary-directory.ts';

testDatabaseContract('embedded PostgreSQL', async () => {
  const { directory, remove } = await createTemporaryDirectory();
  const options = { dataDir: path.join(directory, 'postgres'), settings: { fsync: 'off' } };
  let running = await startEmbeddedPostgres(options);
  const { ownerUrl } = running;
  return {
    ownerUrl,
    server: {
      stop: () => running.stop('immediate'),
      start: async () => {
        running = await startEmbeddedPostgres({ ...options, port: Number(new URL(ownerUrl).port) });
      },
    },
    close: async () => {
      await running.stop('immediate');
      await remove();
    },
  };
});
