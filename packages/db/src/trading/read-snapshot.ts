import type { Pool, PoolClient } from 'pg';
import type { DatabaseHandle } from '../port.ts';

/** What reads rows: a connection, in a transaction or not. */
export type RowSource = Pick<PoolClient, 'query'>;

/** Reads that all see the same moment. The connection of one that fails is given up. */
export async function readSnapshot<T>(pool: Pool, read: (rows: RowSource) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await read(client);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    client.release(failure);
  }
}

/** The connections below Drizzle, for what is said better in SQL. */
export function poolOf({ db }: Pick<DatabaseHandle, 'db'>): Pool {
  return (db as unknown as { readonly $client: Pool }).$client;
}
