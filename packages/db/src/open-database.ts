import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { isDatabaseUnavailable, withUnavailableNamed } from './database-unavailable.ts';
import { type Database, type DatabaseHandle, DatabaseUnavailableError } from './port.ts';
import * as tables from './tables.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const PING_TIMEOUT_MS = 1_800;
const STATEMENT_TIMEOUT_MS = 5_000;
// A little later than the server's own limit: it decides only when the server no longer answers at all.
const ANSWER_TIMEOUT_MS = 6_000;

export interface OpenDatabaseOptions {
  /** Most connections held; 10 unless told. */
  readonly poolMax?: number;
}

/**
 * Opens a pool; connects when first asked, so it resolves whether or not the server is there, and finds a server that
 * went away again by itself. Failures of the connection class satisfy `isDatabaseUnavailable`.
 */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): DatabaseHandle {
  const pool = new Pool({
    connectionString: url,
    max: options.poolMax ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
  });
  // A connection that breaks also emits 'error', in the pool or in somebody's hands, and would end the process. The
  // query on it rejects with the same error, and the pool drops it: there is nothing more to do here.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db: Database = drizzle(pool, { schema: tables });
  db.transaction = (work, config) => runTransaction(pool, (one) => one.transaction(work, config));
  return {
    db,
    ping: () => ping(pool),
    close: onceOnly(() => pool.end()),
  };
}

/**
 * Drizzle's own transaction over a pool loses the connection for good when `begin` fails, as it does on every pooled
 * connection once after the server was away.
 */
async function runTransaction<T>(pool: Pool, run: (database: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await run(drizzle(client, { schema: tables }));
  } catch (error) {
    broken = isDatabaseUnavailable(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

async function ping(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DatabaseUnavailableError(`the database did not answer within ${PING_TIMEOUT_MS} ms`)),
      PING_TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([withUnavailableNamed(() => pool.query('select 1')), late]);
  } finally {
    clearTimeout(timer);
  }
}

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= action());
}
