import { ATTR_DB_SYSTEM_NAME, DB_SYSTEM_NAME_VALUE_POSTGRESQL } from '@opentelemetry/semantic-conventions';
import { type Database, processedRequests } from '@repo/db';
import type { AuditEvent } from '@repo/schemas';
import { inSpan, SpanKind } from '@repo/service';
import { eq, sql } from 'drizzle-orm';
import { appendNewAudit } from '../audit/append-audit.ts';
import type { UserAnswer } from './user-answer.ts';

const inPostgres = { kind: SpanKind.CLIENT, attributes: { [ATTR_DB_SYSTEM_NAME]: DB_SYSTEM_NAME_VALUE_POSTGRESQL } };

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

export interface Effect {
  readonly answer: UserAnswer;
  readonly audit: readonly AuditEvent[];
}

export interface Committed {
  readonly answer: UserAnswer;
  /** Whether the effect was there already. */
  readonly repeated: boolean;
}

/**
 * Commits the effect of a request, its answer and its audit events together, or nothing. Whoever brings the same
 * request again, also at the same moment, gets the answer that was committed.
 */
export function commitOnce(
  database: Database,
  requestId: string,
  work: (transaction: Transaction) => Promise<Effect>,
): Promise<Committed> {
  async function transact(transaction: Transaction): Promise<Committed> {
    // Claims the request: a twin waits here for the commit and then finds the answer. The null is never seen.
    const claimed = await transaction
      .insert(processedRequests)
      .values({ requestId, response: sql`'null'::jsonb` })
      .onConflictDoNothing()
      .returning({ requestId: processedRequests.requestId });
    if (claimed.length === 0) {
      const answer = await findAnswer(transaction, requestId);
      if (answer === undefined) throw new Error('the request was claimed and removed at once');
      return { answer, repeated: true };
    }
    const { answer, audit } = await work(transaction);
    await transaction
      .update(processedRequests)
      .set({ response: answer })
      .where(eq(processedRequests.requestId, requestId));
    await appendNewAudit(transaction, audit);
    return { answer, repeated: false };
  }

  return inSpan('transaction', inPostgres, () => database.transaction(transact));
}

/** The answer that a request got, or `undefined` when it has had no effect yet. */
export async function findAnswer(
  database: Pick<Database, 'select'>,
  requestId: string,
): Promise<UserAnswer | undefined> {
  const rows = await database
    .select({ response: processedRequests.response })
    .from(processedRequests)
    .where(eq(processedRequests.requestId, requestId));
  return rows[0]?.response as UserAnswer | undefined;
}
