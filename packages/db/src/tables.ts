import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey(),
    /** In the canonical form of `EmailSchema`. */
    email: text('email').notNull().unique(),
    /** PHC string (`$argon2id$…`), or `$2b$…` of an imported user until the next sign-in. */
    passwordHash: text('password_hash').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [check('users_email_canonical', sql`${table.email} = lower(btrim(${table.email}))`)],
);

export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Counts refresh tokens; only the holder of the newest one may rotate. */
    generation: integer('generation').notNull().default(0),
    createdAt: time('created_at').notNull().defaultNow(),
    rotatedAt: time('rotated_at').notNull().defaultNow(),
    /** Moves with each rotation, never past `absoluteExpiresAt`. */
    idleExpiresAt: time('idle_expires_at').notNull(),
    absoluteExpiresAt: time('absolute_expires_at').notNull(),
    endedAt: time('ended_at'),
    endReason: text('end_reason', { enum: ['signed-out', 'reused'] }),
    device: text('device').notNull(),
    addressBlock: text('address_block').notNull(),
  },
  (table) => [
    index('sessions_user_id').on(table.userId),
    // Housekeeping finds what is over by these.
    index('sessions_ended_at').on(table.endedAt).where(sql`${table.endedAt} is not null`),
    index('sessions_idle_expires_at').on(table.idleExpiresAt),
    check('sessions_ended_with_reason', sql`(${table.endedAt} is null) = (${table.endReason} is null)`),
  ],
);

/** Requests whose effect is committed, with the answer they got: a duplicate gets the same again. */
export const processedRequests = pgTable(
  'processed_requests',
  {
    requestId: uuid('request_id').primaryKey(),
    response: jsonb('response').notNull(),
    at: time('at').notNull().defaultNow(),
  },
  (table) => [index('processed_requests_at').on(table.at)],
);

/** Public keys whose owners' programs sign requests. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    scopes: text('scopes', { enum: ['read', 'trade'] })
      .array()
      .notNull(),
    /** The raw 32 bytes of an Ed25519 key in base64url. */
    publicKey: text('public_key').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
  },
  (table) => [
    index('api_keys_user_id').on(table.userId),
    // Housekeeping finds what is over by these.
    index('api_keys_expires_at').on(table.expiresAt).where(sql`${table.expiresAt} is not null`),
    index('api_keys_revoked_at').on(table.revokedAt).where(sql`${table.revokedAt} is not null`),
    check('api_keys_scopes', sql`${table.scopes} <@ array['read', 'trade'] and cardinality(${table.scopes}) > 0`),
  ],
);

/** Append-only (a trigger refuses the rest) and hash-chained: each row's hash covers the one before. */
export const auditEvents = pgTable('audit_events', {
  /** From 1, without gaps. */
  sequence: bigint('sequence', { mode: 'number' }).primaryKey(),
  id: uuid('id').notNull().unique(),
  at: time('at').notNull(),
  kind: text('kind').notNull(),
  subject: text('subject').notNull(),
  addressBlock: text('address_block'),
  requestId: text('request_id'),
  data: jsonb('data').$type<Readonly<Record<string, string | number | boolean>>>().notNull(),
  /** Hex SHA-256; of the first row: 64 zeros. */
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
});

/**
 * Mids per interval; prices and spread in units of the quote currency. A missing row is a hole in the feed. Partitioned:
 * `1m` by months, which are made and dropped by functions of migration 0005; the longer ones are in one table.
 */
export const candles = pgTable(
  'candles',
  {
    asset: text('asset').notNull(),
    interval: text('interval', { enum: ['1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w'] }).notNull(),
    openTime: time('open_time').notNull(),
    open: doublePrecision('open').notNull(),
    high: doublePrecision('high').notNull(),
    low: doublePrecision('low').notNull(),
    close: doublePrecision('close').notNull(),
    spread: doublePrecision('spread').notNull(),
    ticks: bigint('ticks', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.asset, table.interval, table.openTime] })],
);

/** The newest update in each asset's candles; its row is locked while they change. */
export const candleProgress = pgTable('candle_progress', {
  asset: text('asset').primaryKey(),
  lastSequence: bigint('last_sequence', { mode: 'number' }).notNull(),
});

/** Who does what one process at a time may do; the database's clock decides when it is over. */
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  /** Rises with each holder, so rows stay when a lease is over. */
  epoch: bigint('epoch', { mode: 'number' }).notNull(),
  expiresAt: time('expires_at').notNull(),
});
