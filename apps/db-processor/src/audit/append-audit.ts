import { auditEvents } from '@repo/db';
import type { AuditEvent } from '@repo/schemas';
import { desc, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../requests/commit-once.ts';
import { auditHash, firstPreviousHash } from './audit-hash.ts';

export type NewAuditEvent = AuditEvent;

// Two keys: a lock space apart from the one-key locks of requests.
const AUDIT_LOCK = sql`pg_advisory_xact_lock(4221, 1)`;

/**
 * Appends to the audit chain; events that are in it already are passed over. Call it last in a transaction: from here
 * to the commit nobody else can append.
 */
export async function appendAudit(transaction: Transaction, events: readonly NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await transaction.execute(sql`select ${AUDIT_LOCK}`);
  const known = new Set(
    (
      await transaction
        .select({ id: auditEvents.id })
        .from(auditEvents)
        .where(
          inArray(
            auditEvents.id,
            events.map(({ id }) => id),
          ),
        )
    ).map(({ id }) => id),
  );
  const [last] = await transaction
    .select({ sequence: auditEvents.sequence, hash: auditEvents.hash })
    .from(auditEvents)
    .orderBy(desc(auditEvents.sequence))
    .limit(1);
  let sequence = last?.sequence ?? 0;
  let previousHash = last?.hash ?? firstPreviousHash;
  const rows: (typeof auditEvents.$inferSelect)[] = [];
  for (const event of events) {
    if (known.has(event.id)) continue;
    known.add(event.id);
    sequence += 1;
    const row = {
      sequence,
      id: event.id,
      at: new Date(event.at),
      kind: event.kind,
      subject: event.subject,
      addressBlock: event.addressBlock ?? null,
      requestId: event.requestId ?? null,
      data: event.data ?? {},
      previousHash,
    };
    const hash = auditHash(row);
    rows.push({ ...row, hash });
    previousHash = hash;
  }
  if (rows.length > 0) await transaction.insert(auditEvents).values(rows);
}
