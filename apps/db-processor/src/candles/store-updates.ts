import { candleProgress, candles, type Database } from '@repo/db';
import type { PriceUpdate } from '@repo/schemas';
import { type Candle, mergeCandles } from '@repo/trading-core';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../requests/commit-once.ts';
import { foldUpdates } from './fold-updates.ts';
import { rebuildIntervals } from './rebuild-intervals.ts';

/**
 * Merges price updates into the stored candles of all intervals, in one transaction.
 *
 * @returns how many updates counted and how many had been counted before.
 */
export async function storeUpdates(
  database: Database,
  updates: readonly PriceUpdate[],
): Promise<{ counted: number; repeated: number }> {
  // In one order everywhere, so that two writers never wait for each other.
  const byAsset = [...Map.groupBy(updates, ({ asset }) => asset)].sort(([a], [b]) => (a < b ? -1 : 1));
  return database.transaction(async (transaction) => {
    const lastSequences = await lockProgress(
      transaction,
      byAsset.map(([asset]) => asset),
    );
    const changed: { asset: string; openTime: number }[] = [];
    let repeated = 0;
    for (const [asset, own] of byAsset) {
      const before = lastSequences.get(asset) ?? -1;
      const folded = foldUpdates(own, before);
      repeated += folded.repeated;
      if (folded.lastSequence === before) continue;
      await storeMinutes(transaction, asset, folded.minutes);
      const { lastSequence } = folded;
      await transaction.update(candleProgress).set({ lastSequence }).where(eq(candleProgress.asset, asset));
      for (const { openTime } of folded.minutes) changed.push({ asset, openTime });
    }
    if (changed.length > 0) await rebuildIntervals(transaction, changed);
    return { counted: updates.length - repeated, repeated };
  });
}

async function lockProgress(transaction: Transaction, assets: readonly string[]): Promise<Map<string, number>> {
  await transaction
    .insert(candleProgress)
    .values(assets.map((asset) => ({ asset, lastSequence: -1 })))
    .onConflictDoNothing();
  const rows = await transaction
    .select()
    .from(candleProgress)
    .where(inArray(candleProgress.asset, [...assets]))
    .orderBy(candleProgress.asset)
    .for('update');
  return new Map(rows.map(({ asset, lastSequence }) => [asset, lastSequence]));
}

async function storeMinutes(transaction: Transaction, asset: string, minutes: readonly Candle[]): Promise<void> {
  if (minutes.length === 0) return;
  const times = minutes.map(({ openTime }) => new Date(openTime));
  const stored = await transaction
    .select()
    .from(candles)
    .where(and(eq(candles.asset, asset), eq(candles.interval, '1m'), inArray(candles.openTime, times)));
  const before = new Map(stored.map((row) => [row.openTime.getTime(), { ...row, openTime: row.openTime.getTime() }]));
  const rows = minutes.map((minute) => {
    const earlier = before.get(minute.openTime);
    const merged = earlier === undefined ? minute : mergeCandles(earlier, minute);
    return { ...merged, asset, interval: '1m' as const, openTime: new Date(minute.openTime) };
  });
  await transaction
    .insert(candles)
    .values(rows)
    .onConflictDoUpdate({
      target: [candles.asset, candles.interval, candles.openTime],
      set: {
        open: sql`excluded.open`,
        high: sql`excluded.high`,
        low: sql`excluded.low`,
        close: sql`excluded.close`,
        spread: sql`excluded.spread`,
        ticks: sql`excluded.ticks`,
      },
    });
}
