import { setTimeout as delay } from 'node:timers/promises';
import { and, gt, like, sql } from 'drizzle-orm';
import { isDatabaseUnavailable } from '../database-unavailable.ts';
import type { Database, DatabaseHandle, Lease } from '../port.ts';
import { leases } from '../tables.ts';
import { acquireLease } from './acquire-lease.ts';
import { RenewedLease } from './renewed-lease.ts';

/** Of the time to live; those who wait ask this often. */
const ASK_EVERY = 1 / 20;
const ASK_EVERY_MS_MAX = 250;

/** Leases in PostgreSQL. While it is away nobody gets one, and those in hand end when their time is up. */
export function createLease({ db }: Pick<DatabaseHandle, 'db'>): Lease {
  return {
    async hold(name, holder, ttlMs, signal) {
      const askEveryMs = Math.min(ttlMs * ASK_EVERY, ASK_EVERY_MS_MAX);
      for (;;) {
        signal?.throwIfAborted();
        const held = await tryToHold(db, name, holder, ttlMs);
        if (held?.isHeld()) {
          if (signal?.aborted) await held.release();
          else return held;
        }
        await delay(askEveryMs * (0.5 + Math.random()), undefined, signal && { signal });
      }
    },
    tryToHold: (name, holder, ttlMs) => tryToHold(db, name, holder, ttlMs),
    list: (prefix) =>
      db
        .select({ name: leases.name, holder: leases.holder })
        .from(leases)
        .where(and(like(leases.name, `${prefix}%`), gt(leases.expiresAt, sql`clock_timestamp()`)))
        .orderBy(leases.name),
  };
}

async function tryToHold(db: Database, name: string, holder: string, ttlMs: number): Promise<RenewedLease | undefined> {
  const askedAtMs = performance.now();
  try {
    const epoch = await acquireLease(db, name, holder, ttlMs);
    return epoch === undefined ? undefined : new RenewedLease(db, { name, epoch, ttlMs, askedAtMs });
  } catch (error) {
    if (isDatabaseUnavailable(error)) return undefined;
    throw error;
  }
}
