import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export interface OwnerLock {
  /** Safe to call twice. */
  release(): void;
}

/**
 * Makes this process the one owner of a data directory. Node offers no file locks of its own, SQLite holds one: the
 * kernel drops it when the process ends, however it ends, which no file with a process id can promise.
 *
 * @throws EmbeddedPostgresError when a living owner has it.
 */
export function acquireOwnerLock(dataDir: string): OwnerLock {
  const database = new DatabaseSync(path.join(dataDir, 'owner.lock'));
  try {
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) {
      throw new EmbeddedPostgresError(`The data directory ${dataDir} is in use by another running instance.`);
    }
    throw error;
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}
