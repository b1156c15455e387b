import type { Shard } from '@repo/trading-core';
import type { Pool } from 'pg';
import { BookChanges } from './book-changes.ts';
import { type AnsweredCommand, type BatchRows, type CausedEvent, commitStatement } from './commit-statement.ts';

/** The books are not where this engine thinks: another has the shard, or did something since. */
export class StaleEngineError extends Error {
  override readonly name = 'StaleEngineError';
}

/** What the shard's row says after the batch. */
export interface ShardRow {
  readonly sequence: number;
  readonly nextOrderId: number;
  readonly nextPositionId: number;
  readonly nextFillId: number;
  readonly swapDay: number;
  readonly roundingCarry: number;
  readonly tradingState: Shard['tradingState'];
}

/** Everything that a batch has decided, ready to be committed while the next one is decided. */
export interface Batch {
  readonly shard: number;
  readonly epoch: number;
  /** Of the last event before the batch, and the day whose swaps were charged by then. */
  readonly after: { readonly sequence: number; readonly swapDay: number };
  readonly state: ShardRow;
  readonly commandLog: string | null;
  readonly commandOffset: number;
  /** Events up to this one are known to be published. */
  readonly publishedSequence: number;
  readonly events: readonly CausedEvent[];
  readonly commands: readonly AnsweredCommand[];
  /** Who owns the accounts that the batch opens, by account id. */
  readonly owners: ReadonlyMap<string, string>;
}

/**
 * Commits batches of different shards: all that may be written, or nothing.
 *
 * @returns the shards whose batches are committed. Another has a different epoch, or another last event, than its batch
 *   is for.
 */
export async function commitBatches(
  pool: Pick<Pool, 'query'>,
  batches: readonly Batch[],
): Promise<ReadonlySet<number>> {
  const statement = commitStatement(batches.map((batch) => ({ shard: batch.shard, rows: batchRows(batch) })));
  const { rows } = await pool.query<{ shard: number }>(statement);
  return new Set(rows.map(({ shard }) => shard));
}

function batchRows(batch: Batch): BatchRows {
  const { events, commands, after, owners } = batch;
  const changes = new BookChanges(after.swapDay);
  for (const { event } of events) changes.add(event);
  const [newAccounts, changedAccounts] = split(changes.accounts, ({ opened }) => opened !== undefined);
  const [newOrders, changedOrders] = split(changes.orders, ({ accepted }) => accepted !== undefined);
  const [newPositions, changedPositions] = split(changes.positions, ({ opened }) => opened !== undefined);
  return {
    shards: [batch],
    events,
    commands,
    markets: [...changes.markets.values()],
    newAccounts: newAccounts.map((account) => ({ ...account, userId: owners.get(account.id) })) as never,
    changedAccounts,
    newOrders,
    changedOrders,
    newPositions,
    changedPositions,
    fills: changes.fills,
    ledgerTransactions: changes.ledger,
    ledgerEntries: changes.ledger.flatMap(({ sequence, entries }) =>
      entries.map(({ account, amount }, line) => ({ sequence, line, account, amount })),
    ),
    house: [...changes.house],
  };
}

function split<T>(map: ReadonlyMap<unknown, T>, isNew: (one: T) => boolean): [T[], T[]] {
  const all = [...map.values()];
  return [all.filter(isNew), all.filter((one) => !isNew(one))];
}
