import type { Event, Outcome } from '@repo/trading-core';
import type { Pool } from 'pg';

type KeptAnswer =
  | Exclude<Outcome, { type: 'accepted' }>
  | { readonly type: 'accepted'; readonly first: number | null; readonly last: number | null };

interface Row {
  id: string;
  answer: KeptAnswer;
  /** The events of the command; null for none. */
  events: Event[] | null;
}

const withEvents = `
  select command.id, command.answer,
    (select json_agg(event.data order by event.sequence) from trade_events event
     where event.shard = command.shard
       and event.sequence between (command.answer ->> 'first')::bigint and (command.answer ->> 'last')::bigint) as events
  from trade_commands command`;

/** What became of commands, for those of them that were carried out. */
export async function findAnswers(
  pool: Pick<Pool, 'query'>,
  commandIds: readonly string[],
): Promise<ReadonlyMap<string, Outcome>> {
  const { rows } = await pool.query<Row>(`${withEvents} where command.id = any($1)`, [commandIds]);
  return outcomes(rows);
}

/** The last commands of a shard, oldest first. */
export async function readRecentAnswers(
  pool: Pick<Pool, 'query'>,
  shard: number,
  max: number,
): Promise<ReadonlyMap<string, Outcome>> {
  const { rows } = await pool.query<Row>(
    `${withEvents} where command.shard = $1 and command.at > now() - interval '5 minutes'
     order by command.at desc limit $2`,
    [shard, max],
  );
  return outcomes(rows.reverse());
}

function outcomes(rows: readonly Row[]): ReadonlyMap<string, Outcome> {
  return new Map(
    rows.map(({ id, answer, events }) => [
      id,
      answer.type === 'accepted' ? { type: 'accepted', events: events ?? [] } : answer,
    ]),
  );
}
