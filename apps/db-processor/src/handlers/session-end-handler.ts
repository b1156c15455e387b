import { sessions, users } from '@repo/db';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { type Committed, commitOnce } from '../requests/commit-once.ts';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { auditEvent, type HandlerContext } from './handler-context.ts';

/** Ends a session; `ended` says whether it was active until now. */
export function sessionEndHandler(
  { database }: HandlerContext,
  { requestId, data }: OpenedRequestOf<'end-session'>,
): Promise<Committed> {
  return commitOnce(database, requestId, async (transaction) => {
    const [ended] = await transaction
      .update(sessions)
      .set({ endedAt: sql`now()`, endReason: 'signed-out' })
      .from(users)
      .where(
        and(
          eq(users.id, sessions.userId),
          eq(sessions.id, data.sessionId),
          isNull(sessions.endedAt),
          gt(sessions.idleExpiresAt, sql`now()`),
        ),
      )
      .returning({ userId: sessions.userId, addressBlock: sessions.addressBlock, email: users.email });
    if (ended === undefined) return { answer: { success: true, data: { ended: false } }, audit: [] };
    const { email: subject, addressBlock, userId } = ended;
    return {
      answer: { success: true, data: { ended: true } },
      audit: [
        auditEvent('session-ended', requestId, { subject, addressBlock, data: { userId, sessionId: data.sessionId } }),
      ],
    };
  });
}
