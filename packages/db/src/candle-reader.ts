import { and, desc, eq, gte, lt } from 'drizzle-orm';
import { withUnavailableNamed } from './database-unavailable.ts';
import type { CandleReader, DatabaseHandle } from './port.ts';
import { candles } from './tables.ts';

/** Reads stored candles. Rejects with `DatabaseUnavailableError` when the server is away. */
export function createCandleReader({ db }: Pick<DatabaseHandle, 'db'>): CandleReader {
  return {
    findCandles: (query) =>
      withUnavailableNamed(async () => {
        const rows = await db
          .select({
            openTime: candles.openTime,
            open: candles.open,
            high: candles.high,
            low: candles.low,
            close: candles.close,
            ticks: candles.ticks,
            spread: candles.spread,
          })
          .from(candles)
          .where(
            and(
              eq(candles.asset, query.asset),
              eq(candles.interval, query.interval),
              query.from === undefined ? undefined : gte(candles.openTime, new Date(query.from)),
              query.to === undefined ? undefined : lt(candles.openTime, new Date(query.to)),
            ),
          )
          .orderBy(desc(candles.openTime))
          .limit(query.limit);
        return rows.toReversed().map((row) => ({ ...row, openTime: row.openTime.getTime() }));
      }),
  };
}
