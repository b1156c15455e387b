import type { Pool } from 'pg';

// The books as PostgreSQL has them, at one moment. Integers stay what the driver makes of them: `bigint` is a string.

export interface EventRow {
  readonly shard: number;
  readonly sequence: number;
  readonly type: string;
  readonly account: string | null;
  readonly command: string | null;
  /** ms since the epoch. */
  readonly at: number;
  // biome-ignore lint/suspicious/noExplicitAny: the auditor reads what is written, whatever the core's types say
  readonly data: any;
}

export interface AccountRow {
  readonly id: string;
  readonly shard: number;
  readonly mode: string;
  readonly profile: string;
  readonly balance: bigint;
  readonly isMarginCalled: boolean;
}

export interface OrderRow {
  readonly shard: number;
  readonly id: number;
  readonly account: string;
  readonly clientOrderId: string;
  readonly asset: string;
  readonly status: string;
  readonly endReason: string | null;
}

export interface PositionRow {
  readonly shard: number;
  readonly id: number;
  readonly account: string;
  readonly asset: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly cost: bigint;
  readonly commission: bigint;
  readonly swap: bigint;
  readonly realizedPnl: bigint;
}

export interface FillRow {
  readonly shard: number;
  readonly id: number;
  readonly sequence: number;
  readonly account: string;
  readonly order: number | null;
  readonly position: number;
  readonly asset: string;
  readonly side: string;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly rule: string;
  readonly realizedPnl: bigint;
  readonly commission: bigint;
}

export interface TransactionRow {
  readonly shard: number;
  readonly sequence: number;
  readonly cause: string;
}

export interface EntryRow {
  readonly shard: number;
  readonly sequence: number;
  readonly account: string;
  readonly amount: bigint;
}

export interface HouseRow {
  readonly shard: number;
  readonly account: string;
  readonly balance: bigint;
}

export interface Books {
  readonly events: readonly EventRow[];
  readonly accounts: readonly AccountRow[];
  readonly orders: readonly OrderRow[];
  readonly positions: readonly PositionRow[];
  readonly fills: readonly FillRow[];
  readonly transactions: readonly TransactionRow[];
  readonly entries: readonly EntryRow[];
  readonly house: readonly HouseRow[];
}

type Table = Exclude<keyof Books, 'events'>;

const queries: Readonly<Record<Table, string>> = {
  accounts: 'select id, shard, mode, profile, balance, is_margin_called as "isMarginCalled" from accounts',
  orders: `select shard, id::float8, account_id as account, client_order_id as "clientOrderId", asset, status,
    end_reason as "endReason" from orders`,
  positions: `select shard, id::float8, account_id as account, asset, side, quantity, cost, commission, swap,
    realized_pnl as "realizedPnl" from positions`,
  fills: `select shard, id::float8, sequence::float8, account_id as account, order_id::float8 as "order",
    position_id::float8 as position, asset, side, quantity, price, rule, realized_pnl as "realizedPnl", commission
    from fills`,
  transactions: 'select shard, sequence::float8, cause from ledger_transactions',
  entries: 'select shard, sequence::float8, account, amount from ledger_entries',
  house: 'select shard, account, balance from house_balances',
};
const events = `select shard, sequence::float8, type, account_id as account, command_id as command,
  extract(epoch from at)::float8 * 1000 as at, data from trade_events order by shard, sequence`;
const amounts = new Set(['balance', 'quantity', 'cost', 'commission', 'swap', 'realizedPnl', 'price', 'amount']);

/** All of one moment: one snapshot, read while the engines go on. `events` are many, and left out unless asked for. */
export async function readBooks(pool: Pool, options: { readonly withEvents: boolean }): Promise<Books> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const tables: Record<string, unknown> = { events: [] };
    for (const [table, query] of Object.entries(queries)) tables[table] = (await client.query(query)).rows.map(exact);
    if (options.withEvents) tables.events = (await client.query(events)).rows;
    await client.query('commit');
    return tables as unknown as Books;
  } finally {
    // Not kept: after a failed statement the transaction is still open.
    client.release(true);
  }
}

function exact(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, amounts.has(name) ? BigInt(value as string) : value]),
  );
}
