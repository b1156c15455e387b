import { z } from 'zod';
import type { OpenDatabaseOptions } from './open-database.ts';

const urlMessage = 'it must be a URL such as postgres://role:password@host:5432/database?sslmode=verify-full';

/** Settings of a service's way to PostgreSQL; docs/operations/configuration.md is made from them. */
export const databaseConfigSchema = z.object({
  DATABASE_URL: z.string(urlMessage).refine(isDatabaseUrl, urlMessage).meta({
    description:
      'The database, as the service’s own role. TLS by `sslmode` (`verify-full`, `disable`) and `sslrootcert`.',
    secret: true,
  }),
  DATABASE_POOL_MAX: integer(10, 1, 1_000).describe(
    'Most connections that the process holds; the sum over all must fit the server’s `max_connections`.',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(1_500, 100, 600_000).describe(
    'The server gives a statement up after this; 0.3 s later a silent server counts as away.',
  ),
});

export type DatabaseConfig = z.infer<typeof databaseConfigSchema>;

/** What the variables say, for `openDatabase`. */
export function databaseOptions(config: DatabaseConfig): OpenDatabaseOptions {
  return { poolMax: config.DATABASE_POOL_MAX, statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS };
}

function integer(fallback: number, min: number, max: number) {
  const message = `it must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message))
    .default(fallback);
}

function isDatabaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  return /^postgres(?:ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1;
}
