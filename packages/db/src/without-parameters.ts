import { DrizzleQueryError } from 'drizzle-orm';

/** An error fit for a log: Drizzle's own quotes the parameters of the query, password hashes among them. */
export function withoutParameters(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? (error.cause ?? new Error('a query failed')) : error;
}
