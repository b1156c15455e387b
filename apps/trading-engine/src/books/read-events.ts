import type { Event } from '@repo/trading-core';
import type { Pool } from 'pg';
import type { CausedEvent } from './commit-statement.ts';

/** Committed events of a shard, oldest first: those after one sequence, up to another. */
export async function readEvents(
  pool: Pick<Pool, 'query'>,
  shard: number,
  range: { readonly after: number; readonly upTo: number; readonly limit: number },
): Promise<readonly CausedEvent[]> {
  const { rows } = await pool.query<{ data: Event; command_id: string | null }>(
    `select data, command_id from trade_events where shard = $1 and sequence > $2 and sequence <= $3
     order by sequence limit $4`,
    [shard, range.after, range.upTo, range.limit],
  );
  return rows.map(({ data, command_id }) => ({ event: data, commandId: command_id }));
}
