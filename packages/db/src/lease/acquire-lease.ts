import { sql } from 'drizzle-orm';
import type { Database } from '../port.ts';
import { leases } from '../tables.ts';

/**
 * Takes a lease that nobody holds, for `ttlMs` from now by the database's clock.
 *
 * @returns its epoch, one more than of the holder before; `undefined` when somebody holds it.
 */
export async function acquireLease(
  db: Database,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<number | undefined> {
  const expiresAt = sql`clock_timestamp() + ${ttlMs} * interval '1 millisecond'`;
  const { rows } = await db.execute<{ epoch: string }>(sql`
    insert into ${leases} as lease (name, holder, epoch, expires_at)
    select ${name}, ${holder}, 1, ${expiresAt}
    where not exists (select from ${leases} where name = ${name} and expires_at > clock_timestamp())
    on conflict (name) do update
      set holder = excluded.holder, epoch = lease.epoch + 1, expires_at = excluded.expires_at
      where lease.expires_at <= clock_timestamp()
    returning epoch`);
  return rows[0] === undefined ? undefined : Number(rows[0].epoch);
}
