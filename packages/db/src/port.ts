import type { SessionData } from '@repo/schemas';
import type { Candle, CandleInterval } from '@repo/trading-core';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type * as tables from './tables.ts';

/** Drizzle over a pool of `pg` connections. */
export type Database = NodePgDatabase<typeof tables>;

/** A role of PostgreSQL, each with the least it needs. */
export type DatabaseRole = 'db_processor' | 'api_server';

export interface DatabaseHandle {
  readonly db: Database;
  /** Resolves when the server answers; rejects with `DatabaseUnavailableError` within 2 s when it does not. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The server is away, starting or stopping, or did not answer in time. It may pass: retry. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError';
}

/** What the api-server may read. */
export interface SessionReader {
  /** The session if it is active by the database's clock. */
  findActiveSession(sessionId: string): Promise<SessionData | undefined>;
}

export interface CandleQuery {
  readonly asset: string;
  readonly interval: Exclude<CandleInterval, '1s'>;
  /** ms since the epoch, inclusive. */
  readonly from?: number;
  /** ms since the epoch, exclusive. */
  readonly to?: number;
  readonly limit: number;
}

export interface CandleReader {
  /** The newest `limit` candles of the range, oldest first. */
  findCandles(query: CandleQuery): Promise<readonly Candle[]>;
}
