import type { Database } from '@repo/db';
import type { Logger } from '@repo/service';
import { sql } from 'drizzle-orm';

/** So that a database whose housekeeping fails for weeks still has partitions. */
const MONTHS_AHEAD = 2;

/**
 * Makes the months that one-minute candles will need and drops those that were over `keptDays` ago, waiting a second at
 * most for whoever reads them. Of several at once one works, and the others find nothing to do.
 */
export async function keepCandlePartitions(
  database: Pick<Database, 'execute'>,
  keptDays: number,
  logger: Logger,
): Promise<void> {
  const made = await database.execute<{ name: string }>(
    sql`select name from make_candle_partitions(${MONTHS_AHEAD}) as name`,
  );
  const dropped = await database.execute<{ name: string }>(
    sql`select name from drop_candle_partitions(${keptDays}) as name`,
  );
  for (const { name } of made.rows) logger.info({ partition: name }, 'a partition of candles was made');
  for (const { name } of dropped.rows) logger.info({ partition: name }, 'an old partition of candles was dropped');
}
