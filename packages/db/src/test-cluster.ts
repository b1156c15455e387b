import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts';
import { createTemporaryDirectory } from './embedded/testing/temporary-directory.ts';
import { migrateDatabase, migrationsFolder } from './migrate-database.ts';
import type { DatabaseRole } from './port.ts';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../node_modules/.cache/test-clusters', import.meta.url));

export const testRolePasswords: Readonly<Record<DatabaseRole, string>> = {
  db_processor: 'password-of-the-db-processor-in-tests',
  api_server: 'password-of-the-api-server-in-tests',
  poller: 'password-of-the-poller-in-tests',
  trading_engine: 'password-of-the-trading-engine-in-tests',
};

/** Copies a migrated cluster to a data directory: a tenth of the work of making one. The first test makes it. */
export async function copyTestCluster(dataDir: string): Promise<void> {
  const original = path.join(cache, await fingerprint());
  if (!(await exists(original))) await makeOriginal(original);
  // -p keeps the owner, whom PostgreSQL insists on.
  await run('cp', ['-Rp', original, dataDir]);
}

async function makeOriginal(original: string): Promise<void> {
  const { directory, remove } = await createTemporaryDirectory();
  const server = await startEmbeddedPostgres({ dataDir: path.join(directory, 'made'), settings: { fsync: 'off' } });
  await migrateDatabase(server.ownerUrl, testRolePasswords);
  await server.stop();
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'draft-'));
  await run('cp', ['-Rp', path.join(directory, 'made'), draft]);
  await remove();
  try {
    await rename(path.join(draft, 'made'), original);
  } catch (error) {
    if (!(await exists(original))) throw error; // else another test was quicker
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Changes with whatever the cluster is made of. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.getuid?.(), testRolePasswords]));
  const sources = [
    ...(await readdir(migrationsFolder))
      .filter((name) => name.endsWith('.sql'))
      .map((name) => path.join(migrationsFolder, name)),
    fileURLToPath(new URL('./migrate-database.ts', import.meta.url)),
    fileURLToPath(new URL('./embedded/cluster.ts', import.meta.url)),
    fileURLToPath(new URL('../package.json', import.meta.url)),
  ];
  for (const source of sources.sort()) hash.update(await readFile(source));
  return hash.digest('hex').slice(0, 16);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
