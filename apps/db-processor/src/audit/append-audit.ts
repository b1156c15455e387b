import { auditEvents } from '@repo/db';
import type { AuditEvent } from '@repo/schemas';
import { desc, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../requests/commit-once.ts';
import { type AuditRow, auditHash, firstPreviousHash } from './audit-hash.ts';

/**
 * Appends events to the audit chain that may be in it already; those are passed over. Call it last in a transaction:
 * from here to the commit nobody else can append.
 */
export async function appendAudit(transaction: Transaction, events: readonly AuditEvent[]): Promise<void> {
  const byId = new Map(events.map((event) => [event.id, event]));
  await lockChain(transaction);
  const known = await transaction
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(inArray(auditEvents.id, [...byId.keys()]));
  for (const { id } of known) byId.delete(id);
  await append(transaction, [...byId.values()]);
}

/** Like `appendAudit`, for events made in this transaction: nobody can have appended them. */
export async function appendNewAudit(transaction: Transaction, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await lockChain(transaction);
  await append(transaction, events);
}

async function lockChain(transaction: Transaction): Promise<void> {
  // Any number will do as long as every writer takes the same.
  await transaction.execute(sql`select pg_advisory_xact_lock(4221770002)`);
}

async function append(transaction: Transaction, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const [last] = await transaction
    .select({ sequence: auditEvents.sequence, hash: auditEvents.hash })
    .from(auditEvents)
    .orderBy(desc(auditEvents.sequence))
    .limit(1);
  let sequence = last?.sequence ?? 0;
  let previousHash = last?.hash ?? firstPreviousHash;
  const rows: AuditRow[] = [];
  for (const event of events) {
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
  await transaction.insert(auditEvents).values(rows);
}
