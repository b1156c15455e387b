import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testDatabaseContract } from './contract.ts';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';

testDatabaseContract('embedded PostgreSQL', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'cfd-broker-contract-'));
  await chmod(directory, 0o711);
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
      await rm(directory, { recursive: true, force: true });
    },
  };
});
