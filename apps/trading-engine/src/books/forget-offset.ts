import type { Pool } from 'pg';
import { StaleEngineError } from './commit-batches.ts';

/**
 * Commands are to be read from the oldest one again. A commit never sets the offset back within one log, so this is said.
 *
 * @throws StaleEngineError when the shard has another epoch.
 */
export async function forgetOffset(pool: Pick<Pool, 'query'>, shard: number, epoch: number): Promise<void> {
  const { rowCount } = await pool.query('update shards set command_offset = 0 where shard = $1 and epoch = $2', [
    shard,
    epoch,
  ]);
  if (rowCount !== 1) throw new StaleEngineError(`shard ${shard} has another epoch than ${epoch}`);
}
