import { DatabaseUnavailableError } from './port.ts';

// Node's codes of a connection that could not be made or broke.
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

// SQLSTATE: connection exceptions, insufficient resources, shutting down or starting up, I/O errors, a statement or a
// transaction that took too long, and a server that was made a standby meanwhile.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
const SQLSTATE = /^(?:08...|25006|25P03|53...|57P0[1-5]|57014|58...)$/;

// `pg` and `pg-pool` give these no code.
const MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed)/;

/** Whether an error, or what caused it, says that the server is away, overloaded or stopping: it may pass, retry. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof DatabaseUnavailableError) return true;
    if (at instanceof AggregateError && at.errors.some(isDatabaseUnavailable)) return true;
    const code = 'code' in at ? at.code : undefined;
    if (typeof code === 'string' && (CONNECTION_CODES.has(code) || SQLSTATE.test(code))) return true;
    if (MESSAGES.test(at.message)) return true;
  }
  return false;
}

/** Runs a query; a failure of the connection class becomes a `DatabaseUnavailableError`, others stay as they are. */
export async function withUnavailableNamed<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof DatabaseUnavailableError || !isDatabaseUnavailable(error)) throw error;
    throw new DatabaseUnavailableError('the database is away or did not answer in time', { cause: error });
  }
}
