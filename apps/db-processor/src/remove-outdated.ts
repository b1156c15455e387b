import type { Database } from '@repo/db';
import { sql } from 'drizzle-orm';

const BATCH_ROWS = 1_000;

/**
 * Removes, in small batches, answers to requests, and sessions and API keys that have been over for `retentionMs`.
 *
 * @returns how many rows were removed.
 */
export async function removeOutdated(
  database: Pick<Database, 'execute'>,
  retentionMs: number,
  signal: AbortSignal,
): Promise<number> {
  const before = sql`now() - ${retentionMs / 1_000} * interval '1 second'`;
  const statements = [
    sql`delete from processed_requests where request_id in (
      select request_id from processed_requests where at < ${before} limit ${BATCH_ROWS})`,
    sql`delete from sessions where id in (
      select id from sessions where ended_at < ${before} or idle_expires_at < ${before} limit ${BATCH_ROWS})`,
    sql`delete from api_keys where id in (
      select id from api_keys where revoked_at < ${before} or expires_at < ${before} limit ${BATCH_ROWS})`,
  ];
  let removed = 0;
  for (const statement of statements) {
    while (!signal.aborted) {
      const { rowCount } = await database.execute(statement);
      removed += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH_ROWS) break;
    }
  }
  return removed;
}
