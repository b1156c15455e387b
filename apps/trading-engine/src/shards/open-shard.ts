import { createShard, loadShard, type Shard, type ShardOptions } from '@repo/trading-core';
import type { Pool } from 'pg';
import { claimShard } from '../books/claim-shard.ts';
import { type LoadedBook, loadBook } from '../books/load-book.ts';
import { readRecentAnswers } from '../books/read-answers.ts';
import { RecentCommands } from '../commands/recent-commands.ts';

/** Commands that are known again without asking the books. */
const RECENT_COMMANDS_MAX = 10_000;

export interface OpenedShard {
  readonly shard: Shard;
  readonly book: Omit<LoadedBook, 'snapshot'>;
  readonly recentCommands: RecentCommands;
}

/**
 * Recovery, and the only way to a shard's state: claim it, so that no other engine can write any more, and load what is
 * committed.
 */
export async function openShard(
  pool: Pool,
  shardId: number,
  epoch: number,
  options: ShardOptions,
): Promise<OpenedShard> {
  await claimShard(pool, shardId, epoch);
  const { snapshot, ...book } = await loadBook(pool, shardId, options.recentOrdersMax);
  const recentCommands = new RecentCommands(RECENT_COMMANDS_MAX);
  for (const [id, outcome] of await readRecentAnswers(pool, shardId, RECENT_COMMANDS_MAX)) {
    recentCommands.add(id, outcome);
  }
  const shard = snapshot.sequence === 0 ? createShard(options) : loadShard(options, snapshot);
  return { shard, book, recentCommands };
}
