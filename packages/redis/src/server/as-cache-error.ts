import { ErrorReply } from 'redis';
import { CacheUnavailableError } from '../port.ts';

// Answers of a server that works but not now: it loads, follows another, is full, cannot write, or runs a long script.
const TRANSIENT = /^(?:LOADING|READONLY|MASTERDOWN|OOM|MISCONF|NOREPLICAS|BUSY|TRYAGAIN|CLUSTERDOWN) /;

/** An error of the client as the port names it; those that are bugs stay as they are. */
export function asCacheError(error: unknown): unknown {
  if (error instanceof CacheUnavailableError || error instanceof TypeError) return error;
  if (error instanceof ErrorReply && !TRANSIENT.test(error.message)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CacheUnavailableError(`Redis is away: ${reason}`, { cause: error });
}
