import type { Pool } from 'pg';

/** A candle of the database; times are ms since the epoch. */
export interface StoredCandle {
  readonly interval: string;
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly ticks: number;
}

/** Every stored candle of an asset that holds a time in this range. */
export async function storedCandles(database: Pool, asset: string, from: number, to: number): Promise<StoredCandle[]> {
  const { rows } = await database.query<StoredCandle>(
    `select interval, (extract(epoch from open_time) * 1000)::float8 as "openTime", open, high, low, close, ticks::int
     from candles where asset = $1 and open_time between to_timestamp($2) - interval '7 days' and to_timestamp($3)
     order by interval, open_time`,
    [asset, from / 1_000, to / 1_000],
  );
  return rows;
}
