import { type CandleInterval, candleIntervalMs, candleOpenTime } from '@repo/trading-core';
import { sql } from 'drizzle-orm';
import type { Transaction } from '../requests/commit-once.ts';

type StoredInterval = Exclude<CandleInterval, '1s'>;

/** Each longer interval with the one it is built from. Every bucket is a whole number of those of its source. */
const built: readonly (readonly [StoredInterval, StoredInterval])[] = [
  ['5m', '1m'],
  ['15m', '5m'],
  ['30m', '15m'],
  ['1h', '30m'],
  ['4h', '1h'],
  ['1d', '4h'],
  ['1w', '1d'],
];

export interface ChangedMinute {
  readonly asset: string;
  /** ms since the epoch. */
  readonly openTime: number;
}

/** Builds the candles of all longer intervals that hold these minutes anew, shortest first. */
export async function rebuildIntervals(transaction: Transaction, changed: readonly ChangedMinute[]): Promise<void> {
  for (const [interval, source] of built) {
    const buckets = new Map<string, ChangedMinute>();
    for (const { asset, openTime } of changed) {
      const start = candleOpenTime(openTime, interval);
      buckets.set(`${asset} ${start}`, { asset, openTime: start });
    }
    const wanted = JSON.stringify([...buckets.values()]);
    await transaction.execute(sql`
      insert into candles (asset, interval, open_time, open, high, low, close, spread, ticks)
      select part.asset, ${interval}, bucket.start,
        (array_agg(part.open order by part.open_time))[1],
        max(part.high), min(part.low),
        (array_agg(part.close order by part.open_time desc))[1],
        max(part.spread), sum(part.ticks)
      from (
        select asset, to_timestamp("openTime" / 1000.0) as start
        from jsonb_to_recordset(${wanted}::jsonb) as wanted(asset text, "openTime" double precision)
      ) as bucket
      join candles as part on part.asset = bucket.asset and part.interval = ${source}
        and part.open_time >= bucket.start
        and part.open_time < bucket.start + ${candleIntervalMs[interval] / 1000} * interval '1 second'
      group by part.asset, bucket.start
      on conflict (asset, interval, open_time) do update set
        open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close,
        spread = excluded.spread, ticks = excluded.ticks`);
  }
}
