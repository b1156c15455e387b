import type { ApiKey, ApiKeyScope, SessionData, UserData } from '@repo/schemas';
import type { Candle, CandleInterval, ShardSnapshot } from '@repo/trading-core';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type * as tables from './tables.ts';
import type * as tradingTables from './trading-tables.ts';

/** Drizzle over a pool of `pg` connections. */
export type Database = NodePgDatabase<typeof tables & typeof tradingTables>;

/** The roles of PostgreSQL, each with the least it needs. */
export const databaseRoles = ['db_processor', 'api_server', 'poller', 'trading_engine'] as const;

export type DatabaseRole = (typeof databaseRoles)[number];

/** The connections of one process, at the moment. */
export interface PoolFigures {
  readonly used: number;
  readonly idle: number;
  /** Queries that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
}

export interface DatabaseHandle {
  readonly db: Database;
  pool(): PoolFigures;
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

export interface ActiveApiKey {
  readonly id: string;
  readonly user: UserData;
  readonly scopes: readonly ApiKeyScope[];
  /** The raw 32 bytes of an Ed25519 key in base64url. */
  readonly publicKey: string;
}

export interface ApiKeyReader {
  /** The key unless it is revoked or, by the database's clock, expired. */
  findActive(keyId: string): Promise<ActiveApiKey | undefined>;
  /** A user's keys that are not revoked, expired ones included, newest first. */
  list(userId: string): Promise<readonly ApiKey[]>;
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

/** An account as the books have it at one moment, with what is open: plain data of which the core makes a shard. */
export interface LoadedAccount {
  readonly accountId: string;
  readonly userId: string;
  readonly shard: number;
  /** ms since the epoch. */
  readonly openedAt: number;
  /** The shard's, with this account alone; `snapshot.sequence` is that of the shard's last event. */
  readonly snapshot: ShardSnapshot;
  /** When each pending order was accepted, ms since the epoch, by its number. */
  readonly acceptedAt: readonly (readonly [orderId: number, at: number])[];
}

/** Makes sure that one process at a time does something, e.g. publishes prices. */
export interface Lease {
  /**
   * Waits until nobody holds `name`, however long, also while the database is away; then holds it, and renews it until
   * it is released or lost.
   *
   * @param holder a name that no other process has, for whoever looks into the table.
   * @param ttlMs another may have it this long after the last renewal, by the database's clock.
   * @param signal gives up waiting: rejects with its reason.
   */
  hold(name: string, holder: string, ttlMs: number, signal?: AbortSignal): Promise<HeldLease>;
  /** Holds `name` if nobody does at the moment; `undefined` when somebody does, or the database is away. */
  tryToHold(name: string, holder: string, ttlMs: number): Promise<HeldLease | undefined>;
  /** The leases that somebody holds now, of those whose names begin so. @throws when the database is away. */
  list(prefix: string): Promise<readonly LeaseInfo[]>;
}

export interface LeaseInfo {
  readonly name: string;
  readonly holder: string;
}

export interface HeldLease {
  /** Higher than of every holder before: what is written with a lower one comes from somebody who has lost it. */
  readonly epoch: number;
  /** Aborted when it is lost or released, with a `LeaseLostError`. */
  readonly ended: AbortSignal;
  /**
   * Ask before each act. The answer is by the monotonic clock of this process, a quarter of `ttlMs` before another may
   * have it: a process that was stopped for a while gets a no, though no timer has run yet.
   */
  isHeld(): boolean;
  /** Lets another have it at once. */
  release(): Promise<void>;
}

/** The lease is somebody else's now, or may be. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}
