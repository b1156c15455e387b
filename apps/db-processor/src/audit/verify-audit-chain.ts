import { auditEvents, type Database } from '@repo/db';
import { asc, gt } from 'drizzle-orm';
import { auditHash, firstPreviousHash } from './audit-hash.ts';

const PAGE_ROWS = 1_000;

export interface AuditChainReport {
  /** Rows from the first on that are linked as they were written. */
  readonly intactRows: number;
  /** Hash of the last of these. Kept elsewhere, it proves later that the end of the chain was not cut off. */
  readonly lastHash: string;
  /** The first row that is not as it was written, if any. */
  readonly broken?: { readonly sequence: number; readonly reason: 'missing' | 'altered' | 'relinked' };
}

/**
 * Recomputes the hashes of up to a thousand rows of the audit table, from its beginning or from where an earlier
 * report ended, and stops at the first that does not fit.
 */
export async function verifyAuditChain(
  database: Pick<Database, 'select'>,
  from: AuditChainReport = { intactRows: 0, lastHash: firstPreviousHash },
): Promise<AuditChainReport> {
  const page = await database
    .select()
    .from(auditEvents)
    .where(gt(auditEvents.sequence, from.intactRows))
    .orderBy(asc(auditEvents.sequence))
    .limit(PAGE_ROWS);
  let { intactRows, lastHash } = from;
  for (const row of page) {
    const sequence = intactRows + 1;
    if (row.sequence !== sequence) return { intactRows, lastHash, broken: { sequence, reason: 'missing' } };
    if (auditHash(row) !== row.hash) return { intactRows, lastHash, broken: { sequence, reason: 'altered' } };
    if (row.previousHash !== lastHash) return { intactRows, lastHash, broken: { sequence, reason: 'relinked' } };
    intactRows = sequence;
    lastHash = row.hash;
  }
  return { intactRows, lastHash };
}
