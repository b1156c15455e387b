import type { Event } from '@repo/trading-core';
import type { AccountChange, FillRow, LedgerRow, MarketChange, OrderChange, PositionChange } from './book-changes.ts';
import type { Batch } from './commit-batches.ts';
import { type Column, RowSet } from './row-set.ts';

/** An event with the command that caused it; `null` for what a quote or the time set off. */
export interface CausedEvent {
  readonly event: Event;
  readonly commandId: string | null;
}

/** A command that was decided, with its answer. */
export interface AnsweredCommand {
  readonly id: string;
  readonly at: number;
  readonly answer: object;
}

export interface OpenedAccount extends AccountChange {
  readonly opened: NonNullable<AccountChange['opened']>;
  readonly userId: string;
}

interface LedgerLine {
  readonly sequence: number;
  readonly line: number;
  readonly account: string;
  readonly amount: number;
}

/** What a batch leaves in the books, by the kind of row. */
export interface BatchRows {
  /** The shard's own row. */
  readonly shards: readonly [Batch];
  readonly events: readonly CausedEvent[];
  readonly commands: readonly AnsweredCommand[];
  readonly markets: readonly MarketChange[];
  readonly newAccounts: readonly OpenedAccount[];
  readonly changedAccounts: readonly AccountChange[];
  readonly newOrders: readonly OrderChange[];
  readonly changedOrders: readonly OrderChange[];
  readonly newPositions: readonly PositionChange[];
  readonly changedPositions: readonly PositionChange[];
  readonly fills: readonly FillRow[];
  readonly ledgerTransactions: readonly LedgerRow[];
  readonly ledgerEntries: readonly LedgerLine[];
  readonly house: readonly (readonly [account: string, added: bigint])[];
}

const columns = {
  shards: {
    // What a stale engine cannot know.
    epoch: { type: 'bigint', of: ({ epoch }) => epoch },
    after_sequence: { type: 'bigint', of: ({ after }) => after.sequence },
    sequence: { type: 'bigint', of: ({ state }) => state.sequence },
    command_log: { type: 'text', of: ({ commandLog }) => commandLog },
    command_offset: { type: 'bigint', of: ({ commandOffset }) => commandOffset },
    next_order_id: { type: 'bigint', of: ({ state }) => state.nextOrderId },
    next_position_id: { type: 'bigint', of: ({ state }) => state.nextPositionId },
    next_fill_id: { type: 'bigint', of: ({ state }) => state.nextFillId },
    swap_day: { type: 'integer', of: ({ state }) => state.swapDay },
    rounding_carry: { type: 'bigint', of: ({ state }) => state.roundingCarry },
    trading_state: { type: 'text', of: ({ state }) => state.tradingState },
    published_sequence: { type: 'bigint', of: ({ publishedSequence }) => publishedSequence },
  } satisfies Columns<Batch>,
  events: {
    sequence: { type: 'bigint', of: ({ event }) => event.sequence },
    type: { type: 'text', of: ({ event }) => event.type },
    account_id: { type: 'uuid', of: ({ event }) => ('accountId' in event ? event.accountId : null) },
    command_id: { type: 'uuid', of: ({ commandId }) => commandId },
    at: { type: 'timestamptz', of: ({ event }) => event.at },
    data: { type: 'json', of: ({ event }) => event },
  } satisfies Columns<CausedEvent>,
  commands: {
    id: { type: 'uuid', of: ({ id }) => id },
    at: { type: 'timestamptz', of: ({ at }) => at },
    answer: { type: 'json', of: ({ answer }) => answer },
  } satisfies Columns<AnsweredCommand>,
  markets: {
    asset: { type: 'text', of: ({ asset }) => asset },
    listed_sequence: { type: 'bigint', of: ({ listedSequence }) => listedSequence },
    trading_state: { type: 'text', of: ({ tradingState }) => tradingState },
    terms: { type: 'json', of: ({ terms }) => terms },
    quote: { type: 'json', of: ({ quote }) => quote },
  } satisfies Columns<MarketChange>,
  newAccounts: {
    id: { type: 'uuid', of: ({ id }) => id },
    user_id: { type: 'uuid', of: ({ userId }) => userId },
    opened_sequence: { type: 'bigint', of: ({ opened }) => opened.sequence },
    opened_at: { type: 'timestamptz', of: ({ opened }) => opened.at },
    mode: { type: 'text', of: ({ opened }) => opened.mode },
    profile: { type: 'text', of: ({ opened }) => opened.profile },
    balance: { type: 'bigint', of: ({ balance }) => balance },
    is_margin_called: { type: 'boolean', of: ({ isMarginCalled }) => isMarginCalled ?? false },
  } satisfies Columns<OpenedAccount>,
  changedAccounts: {
    id: { type: 'uuid', of: ({ id }) => id },
    balance: { type: 'bigint', of: ({ balance }) => balance },
    is_margin_called: { type: 'boolean', of: ({ isMarginCalled }) => isMarginCalled },
  } satisfies Columns<AccountChange>,
  newOrders: {
    id: { type: 'bigint', of: ({ id }) => id },
    account_id: { type: 'uuid', of: ({ accepted }) => accepted?.accountId },
    client_order_id: { type: 'text', of: ({ accepted }) => accepted?.terms.clientOrderId },
    asset: { type: 'text', of: ({ accepted }) => accepted?.terms.asset },
    status: { type: 'text', of: ({ status }) => status },
    is_triggered: { type: 'boolean', of: ({ isTriggered }) => isTriggered },
    terms: { type: 'json', of: ({ accepted }) => accepted?.terms },
    modified_terms: { type: 'json', of: ({ modifiedTerms }) => modifiedTerms },
    accepted_at: { type: 'timestamptz', of: ({ accepted }) => accepted?.at },
    accepted_sequence: { type: 'bigint', of: ({ accepted }) => accepted?.sequence },
    ended_at: { type: 'timestamptz', of: ({ endedAt }) => endedAt },
    end_reason: { type: 'text', of: ({ endReason }) => endReason },
    sequence: { type: 'bigint', of: ({ sequence }) => sequence },
  } satisfies Columns<OrderChange>,
  changedOrders: {
    id: { type: 'bigint', of: ({ id }) => id },
    status: { type: 'text', of: ({ status }) => status },
    is_triggered: { type: 'boolean', of: ({ isTriggered }) => isTriggered },
    modified_terms: { type: 'json', of: ({ modifiedTerms }) => modifiedTerms },
    ended_at: { type: 'timestamptz', of: ({ endedAt }) => endedAt },
    end_reason: { type: 'text', of: ({ endReason }) => endReason },
    sequence: { type: 'bigint', of: ({ sequence }) => sequence },
  } satisfies Columns<OrderChange>,
  newPositions: {
    id: { type: 'bigint', of: ({ id }) => id },
    account_id: { type: 'uuid', of: ({ opened }) => opened?.accountId },
    asset: { type: 'text', of: ({ opened }) => opened?.asset },
    side: { type: 'text', of: ({ opened }) => opened?.side },
    opened_at: { type: 'timestamptz', of: ({ opened }) => opened?.at },
    ...amounts(),
    swap_day: { type: 'integer', of: ({ swapDay }) => swapDay },
    ...levels(),
  } satisfies Columns<PositionChange>,
  changedPositions: {
    id: { type: 'bigint', of: ({ id }) => id },
    ...amounts(),
    swap_day: { type: 'integer', of: ({ swapDay }) => swapDay },
    has_levels: { type: 'boolean', of: (position) => position.levels !== undefined },
    ...levels(),
  } satisfies Columns<PositionChange>,
  fills: {
    id: { type: 'bigint', of: ({ fill }) => fill.id },
    sequence: { type: 'bigint', of: ({ sequence }) => sequence },
    account_id: { type: 'uuid', of: ({ accountId }) => accountId },
    order_id: { type: 'bigint', of: ({ fill }) => fill.orderId },
    position_id: { type: 'bigint', of: ({ fill }) => fill.positionId },
    asset: { type: 'text', of: ({ fill }) => fill.asset },
    side: { type: 'text', of: ({ fill }) => fill.side },
    quantity: { type: 'bigint', of: ({ fill }) => fill.quantity },
    price: { type: 'bigint', of: ({ fill }) => fill.price },
    rule: { type: 'text', of: ({ fill }) => fill.rule },
    level: { type: 'bigint', of: ({ fill }) => fill.level },
    realized_pnl: { type: 'bigint', of: ({ fill }) => fill.realizedPnl },
    commission: { type: 'bigint', of: ({ fill }) => fill.commission },
    quote: { type: 'json', of: ({ fill }) => fill.quote },
    at: { type: 'timestamptz', of: ({ at }) => at },
  } satisfies Columns<FillRow>,
  ledgerTransactions: {
    sequence: { type: 'bigint', of: ({ sequence }) => sequence },
    cause: { type: 'text', of: ({ cause }) => cause },
    at: { type: 'timestamptz', of: ({ at }) => at },
  } satisfies Columns<LedgerRow>,
  ledgerEntries: {
    sequence: { type: 'bigint', of: ({ sequence }) => sequence },
    line: { type: 'smallint', of: ({ line }) => line },
    account: { type: 'text', of: ({ account }) => account },
    amount: { type: 'bigint', of: ({ amount }) => amount },
  } satisfies Columns<LedgerLine>,
  house: {
    account: { type: 'text', of: ([account]) => account },
    balance: { type: 'numeric', of: ([, added]) => added },
  } satisfies Columns<readonly [string, bigint]>,
} as const;

type Columns<Row> = Readonly<Record<string, Column<Row>>>;

function amounts(): Columns<PositionChange> {
  return {
    quantity: { type: 'bigint', of: ({ quantity }) => quantity },
    cost: { type: 'bigint', of: ({ cost }) => cost },
    commission: { type: 'bigint', of: ({ commission }) => commission },
    swap: { type: 'bigint', of: ({ swap }) => swap },
    realized_pnl: { type: 'bigint', of: ({ realizedPnl }) => realizedPnl },
  };
}

function levels(): Columns<PositionChange> {
  return {
    stop_loss: { type: 'bigint', of: (position) => position.levels?.stopLoss },
    take_profit: { type: 'bigint', of: (position) => position.levels?.takeProfit },
    trailing_distance: { type: 'bigint', of: (position) => position.levels?.trailingDistance },
    trailing_best: { type: 'bigint', of: (position) => position.levels?.trailingBest },
    trailing_sequence: { type: 'bigint', of: ({ trailingSequence }) => trailingSequence },
    closed_at: { type: 'timestamptz', of: ({ closedAt }) => closedAt },
    sequence: { type: 'bigint', of: ({ sequence }) => sequence },
  };
}

type Kind = keyof BatchRows;
type Kinds = readonly Kind[];
type Write = (set: RowSet<never>) => readonly string[];

const allKinds = Object.keys(columns) as Kinds;

/** For a `from`: the rows of shards that may be written. */
const fenced = (set: RowSet<never>) => `${set.source} join fence on fence.shard = ${set.alias}.shard`;
const insert = (table: string, set: RowSet<never>) =>
  `insert into ${table} (shard, ${set.names}) select fence.shard, ${set.values} from ${fenced(set)}`;

/** `column = the row's value, or what it was when the row has none`. */
const kept = (set: RowSet<never>, table: string, ...names: readonly string[]) =>
  names.map((name) => `${name} = coalesce(${set.value(name)}, ${table}.${name})`).join(', ');
const added = (set: RowSet<never>, table: string, ...names: readonly string[]) =>
  names.map((name) => `${name} = ${table}.${name} + ${set.value(name)}`).join(', ');
const levelled = (set: RowSet<never>, ...names: readonly string[]) =>
  names
    .map(
      (name) => `${name} = case when changed_positions.has_levels then ${set.value(name)} else positions.${name} end`,
    )
    .join(', ');

/** What is written for each kind of row. */
const writes: Readonly<Record<Kind, Write>> = {
  shards: (set) => [
    `fence as (
  update shards known set sequence = shards.sequence, command_log = shards.command_log,
    command_offset = case when known.command_log = shards.command_log
      then greatest(known.command_offset, shards.command_offset) else shards.command_offset end,
    next_order_id = shards.next_order_id, next_position_id = shards.next_position_id,
    next_fill_id = shards.next_fill_id, swap_day = shards.swap_day, rounding_carry = shards.rounding_carry,
    trading_state = shards.trading_state,
    published_sequence = greatest(known.published_sequence, shards.published_sequence)
  from ${set.source}
  where known.shard = shards.shard and known.epoch = shards.epoch and known.sequence = shards.after_sequence
  returning known.shard
)`,
  ],
  events: (set) => [`events_in as (${insert('trade_events', set)})`],
  commands: (set) => [`commands_in as (${insert('trade_commands', set)})`],
  markets: (set) => [
    `markets_in as (
  insert into markets (shard, ${set.names})
  select fence.shard, asset, listed_sequence, coalesce(trading_state, 'active'), ${set.value('terms')},
    ${set.value('quote')}
  from ${fenced(set)}
  where not exists (select from markets known where known.shard = fence.shard and known.asset = markets.asset)
)`,
    `markets_changed as (
  update markets known set trading_state = coalesce(markets.trading_state, known.trading_state),
    terms = coalesce(${set.value('terms')}, known.terms), quote = coalesce(${set.value('quote')}, known.quote)
  from ${fenced(set)} where known.shard = fence.shard and known.asset = markets.asset
)`,
  ],
  newAccounts: (set) => [`accounts_in as (${insert('accounts', set)})`],
  changedAccounts: (set) => [
    `accounts_changed as (
  update accounts set ${added(set, 'accounts', 'balance')}, ${kept(set, 'accounts', 'is_margin_called')}
  from ${fenced(set)} where accounts.id = changed_accounts.id
)`,
  ],
  newOrders: (set) => [`orders_in as (${insert('orders', set)})`],
  changedOrders: (set) => [
    `orders_changed as (
  update orders set status = changed_orders.status, sequence = changed_orders.sequence,
    ${kept(set, 'orders', 'is_triggered', 'modified_terms', 'ended_at', 'end_reason')}
  from ${fenced(set)} where orders.shard = fence.shard and orders.id = changed_orders.id
)`,
  ],
  newPositions: (set) => [`positions_in as (${insert('positions', set)})`],
  changedPositions: (set) => [
    `positions_changed as (
  update positions set sequence = changed_positions.sequence,
    ${kept(set, 'positions', 'quantity', 'cost', 'swap_day', 'closed_at', 'trailing_sequence')},
    ${added(set, 'positions', 'commission', 'swap', 'realized_pnl')},
    ${levelled(set, 'stop_loss', 'take_profit', 'trailing_distance', 'trailing_best')}
  from ${fenced(set)}
  where positions.shard = fence.shard and positions.id = changed_positions.id
)`,
  ],
  fills: (set) => [`fills_in as (${insert('fills', set)})`],
  ledgerTransactions: (set) => [`ledger_in as (${insert('ledger_transactions', set)})`],
  ledgerEntries: (set) => [`entries_in as (${insert('ledger_entries', set)})`],
  house: (set) => [
    `house_changed as (
  ${insert('house_balances', set)}
  on conflict (shard, account) do update set balance = house_balances.balance + excluded.balance
)`,
  ],
};

interface Statement {
  readonly name: string;
  readonly text: string;
  readonly sets: ReadonlyMap<Kind, RowSet<never>>;
}

/** By the kinds of rows: even of nothing, a write costs the server the opening of its table and indexes. */
const statements = new Map<string, Statement>();

function statementOf(kinds: Kinds): Statement {
  const name = `commit-${kinds.map((kind) => allKinds.indexOf(kind)).join('-')}`;
  const known = statements.get(name);
  if (known !== undefined) return known;
  const sets = new Map<Kind, RowSet<never>>();
  let next = 1;
  for (const kind of kinds) {
    const alias = kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const set = new RowSet<never>(alias, columns[kind], next);
    next += set.width;
    sets.set(kind, set);
  }
  const parts = [...sets].flatMap(([kind, set]) => writes[kind](set));
  const statement = { name, text: `with ${parts.join(',\n')}\nselect shard from fence`, sets };
  statements.set(name, statement);
  return statement;
}

/**
 * Batches of several shards as one statement, and so one transaction and one way to the server and back. It begins with
 * the shards' own rows: of an engine that has lost a shard, or does not know what was committed in it last, nothing is
 * written there. A batch without events that comes late, after a newer one, does not set the offset of its log back.
 */
export function commitStatement(batches: readonly { readonly shard: number; readonly rows: BatchRows }[]): {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
} {
  const kinds = allKinds.filter((kind) => batches.some(({ rows }) => rows[kind].length > 0));
  const { name, text, sets } = statementOf(kinds);
  const values = [...sets].flatMap(([kind, set]) =>
    set.parameters(batches.map(({ shard, rows }) => ({ shard, rows: rows[kind] as readonly never[] }))),
  );
  return { name, text, values };
}
