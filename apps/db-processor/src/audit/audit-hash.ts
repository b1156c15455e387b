import { createHash } from 'node:crypto';
import type { auditEvents } from '@repo/db';

export type AuditRow = typeof auditEvents.$inferSelect;

/** What the first row has in place of a hash before it. */
export const firstPreviousHash = '0'.repeat(64);

/** SHA-256 (hex) over the previous hash and the row as JSON with a fixed order of keys. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const canonical = JSON.stringify([
    row.sequence,
    row.id,
    row.at.getTime(),
    row.kind,
    row.subject,
    row.addressBlock,
    row.requestId,
    Object.entries(row.data).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256').update(row.previousHash).update(canonical).digest('hex');
}
