import type { Event, OrderTerms, Outcome } from '@repo/trading-core';
import { withUnavailableNamed } from '../database-unavailable.ts';
import type { DatabaseHandle } from '../port.ts';
import { poolOf } from './read-snapshot.ts';

/** An order by its client's name. */
export interface OrderName {
  readonly accountId: string;
  readonly clientOrderId: string;
}

/** What placing an order was answered with: the events of that command, which never change. */
export interface FirstOrderAnswer {
  readonly shard: number;
  /** As it was placed. */
  readonly terms: OrderTerms;
  readonly events: readonly Event[];
}

/** What a command was answered with. */
export interface FirstAnswer {
  readonly shard: number;
  readonly outcome: Outcome;
}

/**
 * What orders and commands were answered with, as the books have it: in the order of the question, `undefined` for what
 * they do not know. Rejects with `DatabaseUnavailableError` when the server is away.
 */
export interface FirstAnswerReader {
  ofOrders(names: readonly OrderName[]): Promise<readonly (FirstOrderAnswer | undefined)[]>;
  ofCommands(commandIds: readonly string[]): Promise<readonly (FirstAnswer | undefined)[]>;
}

type KeptAnswer =
  | Exclude<Outcome, { type: 'accepted' }>
  | { readonly type: 'accepted'; readonly first: number | null; readonly last: number | null };

// A command's events follow one another: they end where the next one of another cause begins.
const ofOrdersText = `
  select name.place::integer, placed.shard, placed.terms, (
    select json_agg(event.data order by event.sequence) from trade_events event
    where event.shard = placed.shard and event.sequence >= placed.accepted_sequence
      and event.sequence < coalesce((
        select other.sequence from trade_events other
        where other.shard = placed.shard and other.sequence > placed.accepted_sequence
          and other.command_id is distinct from accepted.command_id
        order by other.sequence limit 1
      ), 9223372036854775807)
  ) as events
  from unnest($1::uuid[], $2::text[]) with ordinality as name(account_id, client_order_id, place)
  join orders placed on placed.account_id = name.account_id and placed.client_order_id = name.client_order_id
  join trade_events accepted on accepted.shard = placed.shard and accepted.sequence = placed.accepted_sequence`;

const ofCommandsText = `
  select command.id, command.shard, command.answer, (
    select json_agg(event.data order by event.sequence) from trade_events event
    where event.shard = command.shard
      and event.sequence between (command.answer ->> 'first')::bigint and (command.answer ->> 'last')::bigint
  ) as events
  from trade_commands command where command.id = any($1::uuid[])`;

interface OrderRow {
  readonly place: number;
  readonly shard: number;
  readonly terms: OrderTerms;
  readonly events: Event[];
}

interface CommandRow {
  readonly id: string;
  readonly shard: number;
  readonly answer: KeptAnswer;
  /** Null for none. */
  readonly events: Event[] | null;
}

export function createFirstAnswerReader(database: Pick<DatabaseHandle, 'db'>): FirstAnswerReader {
  const pool = poolOf(database);
  // Asked before every order: named, so that each connection plans it once.
  return {
    ofOrders: (names) =>
      withUnavailableNamed(async () => {
        const found = Array.from<FirstOrderAnswer | undefined>({ length: names.length });
        const values = [names.map(({ accountId }) => accountId), names.map(({ clientOrderId }) => clientOrderId)];
        const { rows } = await pool.query<OrderRow>({ name: 'first-order-answers', text: ofOrdersText, values });
        for (const { place, shard, terms, events } of rows) found[place - 1] = { shard, terms, events };
        return found;
      }),
    ofCommands: (commandIds) =>
      withUnavailableNamed(async () => {
        const query = { name: 'first-answers', text: ofCommandsText, values: [commandIds] };
        const { rows } = await pool.query<CommandRow>(query);
        const known = new Map(rows.map((row) => [row.id, firstAnswer(row)]));
        return commandIds.map((id) => known.get(id));
      }),
  };
}

function firstAnswer({ shard, answer, events }: CommandRow): FirstAnswer {
  return { shard, outcome: answer.type === 'accepted' ? { type: 'accepted', events: events ?? [] } : answer };
}
