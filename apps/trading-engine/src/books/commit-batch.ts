import type { Shard } from '@repo/trading-core';
import type { Pool } from 'pg';
import { BookChanges } from './book-changes.ts';
import {
  type AnsweredCommand,
  type BatchRows,
  type CausedEvent,
  commitParameters,
  commitText,
} from './commit-statement.ts';

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
 * Commits a batch: all of it, or nothing.
 *
 * @throws StaleEngineError when the shard has another epoch, or another last event, than the batch is for.
 */
export async function commitBatch(pool: Pick<Pool, 'query'>, batch: Batch): Promise<void> {
  const { state } = batch;
  const { rows } = await pool.query<{ shards: number }>({
    name: 'commit-batch',
    text: commitText,
    values: [
      batch.shard,
      batch.epoch,
      batch.after.sequence,
      state.sequence,
      batch.commandLog,
      batch.commandOffset,
      state.nextOrderId,
      state.nextPositionId,
      state.nextFillId,
      JSON.stringify({ swapDay: state.swapDay, roundingCarry: state.roundingCarry }),
      state.tradingState,
      batch.publishedSequence,
      ...commitParameters(batchRows(batch)),
    ],
  });
  if (rows[0]?.shards !== 1) {
    throw new StaleEngineError(
      `shard ${batch.shard} is not at event ${batch.after.sequence} of epoch ${batch.epoch} any more`,
    );
  }
}

function batchRows({ events, commands, after, owners }: Batch): BatchRows {
  const changes = new BookChanges(after.swapDay);
  for (const { event } of events) changes.add(event);
  const [newAccounts, changedAccounts] = split(changes.accounts, ({ opened }) => opened !== undefined);
  const [newOrders, changedOrders] = split(changes.orders, ({ accepted }) => accepted !== undefined);
  const [newPositions, changedPositions] = split(changes.positions, ({ opened }) => opened !== undefined);
  return {
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
