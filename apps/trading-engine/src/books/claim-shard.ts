import type { Pool } from 'pg';
import { StaleEngineError } from './commit-batches.ts';

/**
 * Makes an engine the one that may write a shard: commits of lower epochs are refused from here on. One that is under
 * way is waited for, so that what is read afterwards has it or will never have it.
 *
 * @param epoch of the lease of the shard.
 * @throws StaleEngineError when a later engine has claimed it.
 */
export async function claimShard(pool: Pick<Pool, 'query'>, shard: number, epoch: number): Promise<void> {
  const { rowCount } = await pool.query('update shards set epoch = $2 where shard = $1 and epoch <= $2', [
    shard,
    epoch,
  ]);
  if (rowCount !== 1) throw new StaleEngineError(`shard ${shard} belongs to an epoch after ${epoch}`);
}
