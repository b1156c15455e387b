import { and, desc, eq, lt, ne, type SQL } from 'drizzle-orm';
import { withUnavailableNamed } from '../database-unavailable.ts';
import type { DatabaseHandle } from '../port.ts';
import { fills, orders } from '../trading-tables.ts';
import type { BookReader, FillRecord, OrderRecord } from './book-reader.ts';
import { findClosedPositions } from './find-closed-positions.ts';
import { findFillFacts } from './find-fill-facts.ts';
import { findLedger, readStatement } from './find-ledger.ts';
import { loadAccount } from './load-account.ts';
import { poolOf, readSnapshot } from './read-snapshot.ts';

/** Reads with the api-server's privileges. */
export function createBookReader(database: Pick<DatabaseHandle, 'db'>): BookReader {
  const { db } = database;
  const pool = poolOf(database);

  const selectOrders = async (limit: number, ...conditions: (SQL | undefined)[]) => {
    const rows = await db
      .select()
      .from(orders)
      .where(and(...conditions))
      .orderBy(desc(orders.id))
      .limit(limit);
    return rows.map(orderRecord);
  };
  const selectFills = async (limit: number, ...conditions: (SQL | undefined)[]) => {
    const rows = await db
      .select()
      .from(fills)
      .where(and(...conditions))
      .orderBy(desc(fills.id))
      .limit(limit);
    return rows.map(fillRecord);
  };

  return {
    loadAccount: (accountId) => withUnavailableNamed(() => readSnapshot(pool, (rows) => loadAccount(rows, accountId))),
    findOrders: ({ accountId, status, asset, before, limit }) =>
      withUnavailableNamed(() =>
        selectOrders(
          limit,
          eq(orders.accountId, accountId),
          status && (status === 'open' ? eq : ne)(orders.status, 'accepted'),
          asset === undefined ? undefined : eq(orders.asset, asset),
          before === undefined ? undefined : lt(orders.id, before),
        ),
      ),
    findOrder: ({ shard, number }) =>
      withUnavailableNamed(async () => (await selectOrders(1, eq(orders.shard, shard), eq(orders.id, number)))[0]),
    findClosedPositions: (query) => withUnavailableNamed(() => findClosedPositions(pool, query)),
    findFills: ({ accountId, order, position, before, limit }) =>
      withUnavailableNamed(() =>
        selectFills(
          limit,
          eq(fills.accountId, accountId),
          order && and(eq(fills.shard, order.shard), eq(fills.orderId, order.number)),
          position && and(eq(fills.shard, position.shard), eq(fills.positionId, position.number)),
          before === undefined ? undefined : lt(fills.id, before),
        ),
      ),
    findFill: ({ shard, number }) =>
      withUnavailableNamed(async () => (await selectFills(1, eq(fills.shard, shard), eq(fills.id, number)))[0]),
    explainable: (fill) => withUnavailableNamed(() => findFillFacts(pool, fill)),
    findLedger: (query) => withUnavailableNamed(() => findLedger(pool, query)),
    readStatement: (query) => withUnavailableNamed(() => readSnapshot(pool, (rows) => readStatement(rows, query))),
  };
}

function orderRecord({ modifiedTerms, terms, acceptedAt, endedAt, ...row }: typeof orders.$inferSelect): OrderRecord {
  const { shard, id, accountId, status, isTriggered, endReason } = row;
  return {
    shard,
    id,
    accountId,
    terms: modifiedTerms ?? terms,
    status,
    isTriggered,
    acceptedAt: acceptedAt.getTime(),
    endedAt: endedAt?.getTime() ?? null,
    endReason,
  };
}

function fillRecord({ shard, accountId, sequence, at, ...fill }: typeof fills.$inferSelect): FillRecord {
  return { shard, accountId, sequence, at: at.getTime(), fill: fill as FillRecord['fill'] };
}
