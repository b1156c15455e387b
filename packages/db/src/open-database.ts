import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { isDatabaseUnavailable, withUnavailableNamed } from './database-unavailable.ts';
import { type Database, type DatabaseHandle, DatabaseUnavailableError } from './port.ts';
import * as tables from './tables.ts';
import * as tradingTables from './trading-tables.ts';

const schema = { ...tables, ...tradingTables };

const CONNECT_TIMEOUT_MS = 1_800;
const PING_TIMEOUT_MS = 1_800;
const STATEMENT_TIMEOUT_MS = 5_000;
/**
 * Every statement of the services finds its rows by an index. A plan is made once a connection, perhaps while tables are
 * all but empty, and one that scans them then would be kept as they grow.
 */
const PLANS = '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';
/** This much after the server's own limit: it decides only when the server no longer answers at all. */
const ANSWER_GRACE_MS = 300;

export interface OpenDatabaseOptions {
  /** Most connections held; 10 unless told. A query that gets none within 1.8 s fails as if the server were away. */
  readonly poolMax?: number;
  /** The server gives up a statement after this, and a transaction that lies idle; 5,000 unless told. */
  readonly statementTimeoutMs?: number;
}

/**
 * Opens a pool; connects when first asked, so it resolves whether or not the server is there, and finds a server that
 * went away again by itself. Failures of the connection class satisfy `isDatabaseUnavailable`.
 */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): DatabaseHandle {
  const { poolMax = 10, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const pool = new Pool({
    connectionString: url,
    max: poolMax,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    options: PLANS,
  });
  // A connection that breaks also emits 'error', in the pool or in somebody's hands, and would end the process. The
  // query on it rejects with the same error, and the pool drops it: there is nothing more to do here.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db: Database = drizzle(pool, { schema });
  db.transaction = (work, config) => runTransaction(pool, (one) => one.transaction(work, config));
  return {
    db,
    pool: () => ({
      used: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: poolMax,
    }),
    ping: () => ping(pool),
    close: onceOnly(() => pool.end()),
  };
}

/**
 * Drizzle's own transaction over a pool loses the connection for good when `begin` fails, as it does on every pooled
 * connection once after the server was away. And behind a statement without an answer its rollback would wait as long
 * again, and fail in its place: here such a connection is ended at once, which is a rollback too.
 */
async function runTransaction<T>(pool: Pool, run: (database: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  const query = client.query.bind(client) as (...call: unknown[]) => Promise<unknown>;
  const watchedQuery = async (...call: unknown[]) => {
    try {
      return await query(...call);
    } catch (error) {
      if (failure === undefined && error instanceof Error && isDatabaseUnavailable(error)) {
        failure = error;
        void client.end();
      }
      throw error;
    }
  };
  client.query = watchedQuery as typeof client.query;
  try {
    return await run(drizzle(client, { schema }));
  } catch (error) {
    throw failure ?? error;
  } finally {
    Reflect.deleteProperty(client, 'query');
    client.release(failure);
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
