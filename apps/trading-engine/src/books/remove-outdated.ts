import type { Pool } from 'pg';

const BATCH_ROWS = 1_000;

/**
 * Removes, in small batches, the answers to commands that are older than `keptMs`, and what is left of engines that are
 * gone. Any engine may do it, also several at once.
 */
export async function removeOutdated(pool: Pick<Pool, 'query'>, keptMs: number, signal: AbortSignal): Promise<void> {
  await removeGoneEngines(pool);
  while (!signal.aborted) {
    const { rowCount } = await pool.query(
      `delete from trade_commands where id in (
        select id from trade_commands where at < clock_timestamp() - $1 * interval '1 millisecond'
        order by at limit ${BATCH_ROWS})`,
      [keptMs],
    );
    if ((rowCount ?? 0) < BATCH_ROWS) return;
  }
}

/** An engine is known by the lease of its own name, which nobody takes again when it is over. */
export async function removeGoneEngines(pool: Pick<Pool, 'query'>): Promise<void> {
  await pool.query(`delete from leases where name like 'engine:%' and expires_at <= clock_timestamp()`);
}
