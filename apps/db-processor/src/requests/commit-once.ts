import { type Database, processedRequests } from '@repo/db';
import { eq, sql } from 'drizzle-orm';
import { appendAudit, type NewAuditEvent } from '../audit/append-audit.ts';
import type { UserAnswer } from './user-answer.ts';

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

export interface Effect {
  readonly answer: UserAnswer;
  readonly audit: readonly NewAuditEvent[];
}

/**
 * Commits the effect of a request, its answer and its audit events together, or nothing. Whoever brings the same
 * request again, also at the same moment, gets the answer that was committed.
 */
export function commitOnce(
  database: Database,
  requestId: string,
  work: (transaction: Transaction) => Promise<Effect>,
): Promise<UserAnswer> {
  return database.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended(${requestId}, 0))`);
    const earlier = await findAnswer(transaction, requestId);
    if (earlier !== undefined) return earlier;
    const { answer, audit } = await work(transaction);
    await transaction.insert(processedRequests).values({ requestId, response: answer });
    await appendAudit(transaction, audit);
    return answer;
  });
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
