import { sql } from 'drizzle-orm';
import type { Transaction } from '../requests/commit-once.ts';

/** How long sessions last. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
  /** How long after its rotation the last refresh token is good once more. */
  readonly graceMs: number;
}

/**
 * The database's clock, ms since the epoch: one clock for all processes. Not `now()`, which stands still from the
 * start of the transaction, that is, from before a lock was waited for.
 */
export async function databaseNow(transaction: Transaction): Promise<number> {
  const { rows } = await transaction.execute<{ now: Date }>(sql`select clock_timestamp() as now`);
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('the database gave no time');
  return new Date(now).getTime();
}
