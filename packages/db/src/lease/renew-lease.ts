import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../port.ts';
import { leases } from '../tables.ts';

/** Holds on to a lease for another `ttlMs`. Resolves with whether it was still held. */
export async function renewLease(db: Database, name: string, epoch: number, ttlMs: number): Promise<boolean> {
  const { rowCount } = await db
    .update(leases)
    .set({ expiresAt: sql`clock_timestamp() + ${ttlMs} * interval '1 millisecond'` })
    .where(and(eq(leases.name, name), eq(leases.epoch, epoch), sql`${leases.expiresAt} > clock_timestamp()`));
  return rowCount === 1;
}
