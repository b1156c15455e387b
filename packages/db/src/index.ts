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
export * from './trading-tables.ts';
export { withoutParameters } from './without-parameters.ts';
