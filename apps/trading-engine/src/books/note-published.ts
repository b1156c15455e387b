import type { Pool } from 'pg';

/** Remembers up to which event a shard is published, unless the shard has another engine by now. */
export async function notePublished(
  pool: Pick<Pool, 'query'>,
  shard: number,
  epoch: number,
  sequence: number,
): Promise<void> {
  await pool.query(
    'update shards set published_sequence = greatest(published_sequence, $3) where shard = $1 and epoch = $2',
    [shard, epoch, sequence],
  );
}
