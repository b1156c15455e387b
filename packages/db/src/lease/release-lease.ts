import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../port.ts';
import { leases } from '../tables.ts';

/** Lets a lease go, so that another may have it at once. Does nothing when it is lost already. */
export async function releaseLease(db: Database, name: string, epoch: number): Promise<void> {
  await db
    .update(leases)
    .set({ expiresAt: sql`clock_timestamp()` })
    .where(and(eq(leases.name, name), eq(leases.epoch, epoch), sql`${leases.expiresAt} > clock_timestamp()`));
}
