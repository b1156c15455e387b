import type { AccountStoppedOut, Event, InstrumentListed } from '@repo/trading-core';
import type { FillFacts, FillRecord } from './book-reader.ts';
import type { RowSource } from './read-snapshot.ts';

/** Events are for ever, so that these reads need no common moment. */
export async function findFillFacts(source: RowSource, found: FillRecord): Promise<FillFacts> {
  const { shard, sequence, accountId, fill } = found;
  const one = async <T>(text: string, values: readonly unknown[]): Promise<T | undefined> => {
    const { rows } = await source.query<{ data: T }>(`select data from trade_events where ${text}`, [...values]);
    return rows[0]?.data;
  };
  const event = await one<Event>('shard = $1 and sequence = $2', [shard, sequence]);
  const listed = await one<InstrumentListed>(
    `shard = $1 and sequence < $2 and type = 'instrument-listed' and data -> 'terms' ->> 'asset' = $3
     order by sequence desc limit 1`,
    [shard, sequence, fill.asset],
  );
  if (event === undefined || listed === undefined) throw new Error(`fill ${shard}-${fill.id} has no events`);
  // It heads the closes that it caused, so that it is found within few rows.
  const stopOut =
    fill.rule !== 'stop-out'
      ? undefined
      : await one<AccountStoppedOut>(
          `shard = $1 and sequence < $2 and type = 'account-stopped-out' and account_id = $3
           order by sequence desc limit 1`,
          [shard, sequence, accountId],
        );
  return { ...found, event, terms: listed.terms, stopOut };
}
