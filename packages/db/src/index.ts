export { createApiKeyReader } from './api-key-reader.ts';
export { createCandleReader } from './candle-reader.ts';
export { type DatabaseConfig, databaseConfigSchema, databaseOptions } from './config.ts';
export { isDatabaseUnavailable } from './database-unavailable.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/embedded-postgres.ts';
export { EmbeddedPostgresError } from './embedded/embedded-postgres-error.ts';
export { createLease } from './lease/create-lease.ts';
export { migrateDatabase } from './migrate-database.ts';
export { type OpenDatabaseOptions, openDatabase } from './open-database.ts';
export * from './port.ts';
export { roleUrl } from './role-url.ts';
export { createSessionReader } from './session-reader.ts';
export * from './tables.ts';
export {
  type AccountFinder,
  type AccountRecord,
  createAccountFinder,
  type ItemRecord,
} from './trading/account-finder.ts';
export type { BookPart } from './trading/book-part.ts';
export * from './trading/book-reader.ts';
export { createBookReader } from './trading/create-book-reader.ts';
export {
  createFirstAnswerReader,
  type FirstAnswer,
  type FirstAnswerReader,
  type FirstOrderAnswer,
  type OrderName,
} from './trading/first-answer-reader.ts';
export {
  readAccounts,
  readMarkets,
  readOpenPositions,
  readPendingOrders,
  readShard,
  type ShardPosition,
} from './trading/read-book.ts';
export { type RowSource, readSnapshot } from './trading/read-snapshot.ts';
export * from './trading-tables.ts';
export { withoutParameters } from './without-parameters.ts';
