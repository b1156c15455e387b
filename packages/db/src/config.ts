import { z } from 'zod';
import type { OpenDatabaseOptions } from './open-database.ts';

const urlMessage = 'it must be a URL such as postgres://role:password@host:5432/database?sslmode=verify-full';

/** Settings of a service's way to PostgreSQL. */
export const databaseConfigSchema = z.object({
  /** As the service's own role. TLS by `sslmode` (`verify-full`, `disable`) and `sslrootcert`. */
  DATABASE_URL: z.string(urlMessage).refine(isDatabaseUrl, urlMessage),
  /** Most connections that one process holds. */
  DATABASE_POOL_MAX: integer(10, 1, 1_000),
  /** A statement without an answer fails after this and a third of a second, as if the server were away. */
  DATABASE_STATEMENT_TIMEOUT_MS: integer(1_500, 100, 600_000),
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
