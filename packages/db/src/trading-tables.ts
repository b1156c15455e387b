import type { Event, Fill, OrderTerms, Quote } from '@repo/trading-core';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  json,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { users } from './tables.ts';

// JSON columns are `json`, not `jsonb`: they keep what was written, and are written far more often than searched.

// The books of trading. Only the engine that holds a shard writes them, in one statement a batch. Units are those of
// trading-core: prices in ticks, quantities in steps, money in micros; `sequence` is that of the event.

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const whole = (name: string) => bigint(name, { mode: 'number' });

/** A share of the accounts, and where its engine stands. What a commit checks and moves on, all in one row. */
export const shards = pgTable('shards', {
  shard: smallint('shard').primaryKey(),
  /** Of the lease of the engine that may write. A commit of another epoch changes nothing. */
  epoch: whole('epoch').notNull().default(0),
  /** Of the last event committed; the events are also the outbox, published up to `publishedSequence`. */
  sequence: whole('sequence').notNull().default(0),
  publishedSequence: whole('published_sequence').notNull().default(0),
  /** The command to read next, and the log that it is an offset of. */
  commandLog: text('command_log'),
  commandOffset: whole('command_offset').notNull().default(0),
  nextOrderId: whole('next_order_id').notNull().default(1),
  nextPositionId: whole('next_position_id').notNull().default(1),
  nextFillId: whole('next_fill_id').notNull().default(1),
  /** Days since 1970-01-01 UTC. */
  swapDay: integer('swap_day').notNull().default(-1),
  roundingCarry: whole('rounding_carry').notNull().default(0),
  tradingState: text('trading_state', { enum: ['active', 'reducing', 'halted'] })
    .notNull()
    .default('active'),
});

/** Everything that has happened, in order, for ever. */
export const tradeEvents = pgTable(
  'trade_events',
  {
    shard: smallint('shard')
      .notNull()
      .references(() => shards.shard),
    /** From 1, without gaps. */
    sequence: whole('sequence').notNull(),
    type: text('type').$type<Event['type']>().notNull(),
    accountId: uuid('account_id'),
    /** The command that caused it; null for what a quote or the time set off. */
    commandId: uuid('command_id'),
    at: time('at').notNull(),
    data: json('data').$type<Event>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.sequence] }),
    // What trailing stops have seen is read from here when a shard is loaded.
    index('trade_events_trailing_best')
      .on(table.shard, table.sequence)
      .where(sql`${table.type} = 'trailing-best-reached'`),
    // The terms that a fill was made on are those listed last before it.
    index('trade_events_listed').on(table.shard, table.sequence).where(sql`${table.type} = 'instrument-listed'`),
  ],
);

/** Commands that were carried out or refused, with the answer. A command that comes again gets the same one. */
export const tradeCommands = pgTable(
  'trade_commands',
  {
    id: uuid('id').primaryKey(),
    shard: smallint('shard').notNull(),
    at: time('at').notNull(),
    answer: json('answer').notNull(),
  },
  (table) => [index('trade_commands_at').on(table.at)],
);

/** What a shard's instruments are traded on. */
export const markets = pgTable(
  'markets',
  {
    shard: smallint('shard')
      .notNull()
      .references(() => shards.shard),
    asset: text('asset').notNull(),
    /** Of its listing: the order of instruments. */
    listedSequence: whole('listed_sequence').notNull(),
    tradingState: text('trading_state', { enum: ['active', 'reducing', 'halted'] })
      .notNull()
      .default('active'),
    terms: json('terms').notNull(),
    /** Of the last fill: what open positions are valued at until there is a price again. */
    quote: json('quote').$type<Quote>(),
  },
  (table) => [primaryKey({ columns: [table.shard, table.asset] })],
);

export const accounts = pgTable(
  'accounts',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    shard: smallint('shard')
      .notNull()
      .references(() => shards.shard),
    /** Of its opening: the order of accounts in a shard. */
    openedSequence: whole('opened_sequence').notNull(),
    openedAt: time('opened_at').notNull(),
    mode: text('mode', { enum: ['hedging', 'netting'] }).notNull(),
    profile: text('profile').notNull(),
    currency: text('currency').notNull().default('USD'),
    /** A cache of the ledger's entries, in micros. */
    balance: whole('balance').notNull(),
    isMarginCalled: boolean('is_margin_called').notNull(),
  },
  (table) => [
    unique('accounts_opened').on(table.shard, table.openedSequence),
    index('accounts_user_id').on(table.userId),
  ],
);

export const orders = pgTable(
  'orders',
  {
    shard: smallint('shard').notNull(),
    id: whole('id').notNull(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    clientOrderId: text('client_order_id').notNull(),
    asset: text('asset').notNull(),
    status: text('status', { enum: ['accepted', 'filled', 'cancelled', 'expired', 'rejected'] }).notNull(),
    isTriggered: boolean('is_triggered').notNull(),
    /** As placed: a retry is compared with them. */
    terms: json('terms').$type<OrderTerms>().notNull(),
    /** As they are now, when they were modified. */
    modifiedTerms: json('modified_terms').$type<OrderTerms>(),
    acceptedAt: time('accepted_at').notNull(),
    /** Of its acceptance: the events of its command begin with this one. */
    acceptedSequence: whole('accepted_sequence').notNull(),
    endedAt: time('ended_at'),
    /** Why it was cancelled, or what refused it: `client`, `stop-out`, or a code of a refusal. */
    endReason: text('end_reason'),
    /** Of its last event. */
    sequence: whole('sequence').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.id] }),
    unique('orders_client_order_id').on(table.accountId, table.clientOrderId),
    index('orders_account').on(table.accountId, table.id),
    index('orders_pending').on(table.shard, table.accountId, table.id).where(sql`${table.status} = 'accepted'`),
    check('orders_ended', sql`(${table.status} = 'accepted') = (${table.endedAt} is null)`),
  ],
);

export const positions = pgTable(
  'positions',
  {
    shard: smallint('shard').notNull(),
    id: whole('id').notNull(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id),
    asset: text('asset').notNull(),
    side: text('side', { enum: ['long', 'short'] }).notNull(),
    openedAt: time('opened_at').notNull(),
    /** What is open, and Σ price × quantity of it: both 0 when it is closed. */
    quantity: whole('quantity').notNull(),
    cost: whole('cost').notNull(),
    /** So far. */
    commission: whole('commission').notNull(),
    swap: whole('swap').notNull(),
    realizedPnl: whole('realized_pnl').notNull(),
    swapDay: integer('swap_day').notNull(),
    stopLoss: whole('stop_loss'),
    takeProfit: whole('take_profit'),
    trailingDistance: whole('trailing_distance'),
    /** Best price seen when the trailing stop was set by event `trailingSequence`; later ones are events. */
    trailingBest: whole('trailing_best'),
    trailingSequence: whole('trailing_sequence'),
    closedAt: time('closed_at'),
    sequence: whole('sequence').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.id] }),
    index('positions_open').on(table.shard, table.accountId, table.id).where(sql`${table.closedAt} is null`),
    index('positions_ended').on(table.accountId, table.closedAt, table.id).where(sql`${table.closedAt} is not null`),
    check('positions_closed', sql`(${table.quantity} = 0) = (${table.closedAt} is not null)`),
    check('positions_quantity', sql`${table.quantity} >= 0`),
  ],
);

export const fills = pgTable(
  'fills',
  {
    shard: smallint('shard').notNull(),
    id: whole('id').notNull(),
    sequence: whole('sequence').notNull(),
    accountId: uuid('account_id').notNull(),
    orderId: whole('order_id'),
    positionId: whole('position_id').notNull(),
    asset: text('asset').notNull(),
    side: text('side', { enum: ['buy', 'sell'] }).notNull(),
    quantity: whole('quantity').notNull(),
    price: whole('price').notNull(),
    rule: text('rule').$type<Fill['rule']>().notNull(),
    level: whole('level'),
    realizedPnl: whole('realized_pnl').notNull(),
    commission: whole('commission').notNull(),
    quote: json('quote').$type<Quote>().notNull(),
    at: time('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.id] }),
    index('fills_account').on(table.accountId, table.id),
    index('fills_position').on(table.shard, table.positionId, table.id),
    index('fills_order').on(table.shard, table.orderId, table.id).where(sql`${table.orderId} is not null`),
    foreignKey({ columns: [table.shard, table.positionId], foreignColumns: [positions.shard, positions.id] }),
    check('fills_quantity', sql`${table.quantity} > 0`),
  ],
);

/** Double entry: the entries of a transaction sum to zero, and no two transactions have the same cause. */
export const ledgerTransactions = pgTable(
  'ledger_transactions',
  {
    shard: smallint('shard').notNull(),
    /** Of the event that moved the money. */
    sequence: whole('sequence').notNull(),
    /** `fill:17`, `swap:4:20779` (position and day), `deposit:12` … */
    cause: text('cause').notNull(),
    at: time('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.sequence] }),
    unique('ledger_transactions_cause').on(table.shard, table.cause),
  ],
);

export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    shard: smallint('shard').notNull(),
    sequence: whole('sequence').notNull(),
    line: smallint('line').notNull(),
    /** `client:{id}`, `house:pnl` … */
    account: text('account').notNull(),
    /** Micros; above zero: the account received. */
    amount: whole('amount').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shard, table.sequence, table.line] }),
    index('ledger_entries_account').on(table.account, table.shard, table.sequence),
    foreignKey({
      columns: [table.shard, table.sequence],
      foreignColumns: [ledgerTransactions.shard, ledgerTransactions.sequence],
    }),
    check('ledger_entries_amount', sql`${table.amount} <> 0`),
  ],
);

/** The house's accounts, per shard: a cache of the ledger's entries. They may leave the safe integers. */
export const houseBalances = pgTable(
  'house_balances',
  {
    shard: smallint('shard')
      .notNull()
      .references(() => shards.shard),
    account: text('account').notNull(),
    balance: numeric('balance', { precision: 38, scale: 0 }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.shard, table.account] })],
);
