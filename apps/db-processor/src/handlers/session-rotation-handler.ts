import { sessions, users } from '@repo/db';
import type { SessionData } from '@repo/schemas';
import { eq } from 'drizzle-orm';
import { type Committed, commitOnce, type Effect, type Transaction } from '../requests/commit-once.ts';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { databaseNow } from '../sessions/session-clock.ts';
import { auditEvent, type HandlerContext } from './handler-context.ts';

/**
 * Uses up a refresh token: the current generation moves the session on; the one before, within its grace, gets the
 * same successor again; any other was stolen or is being replayed, and the session ends.
 */
export function sessionRotationHandler(
  { database, limits }: HandlerContext,
  { requestId, data }: OpenedRequestOf<'rotate-session'>,
): Promise<Committed> {
  return commitOnce(database, requestId, async (transaction): Promise<Effect> => {
    const row = await lockSession(transaction, data.sessionId);
    const now = await databaseNow(transaction);
    if (row === undefined || row.endedAt !== null || now >= row.idleExpiresAt.getTime()) {
      return { answer: { success: true, data: { outcome: 'ended' } }, audit: [] };
    }
    const facts = { subject: row.email, addressBlock: row.addressBlock };
    const about = { userId: row.userId, sessionId: row.id, generation: data.generation };
    const session: SessionData = {
      sessionId: row.id,
      user: { userId: row.userId, email: row.email, createdAt: row.userCreatedAt.getTime() },
      generation: row.generation,
      idleExpiresAt: row.idleExpiresAt.getTime(),
      absoluteExpiresAt: row.absoluteExpiresAt.getTime(),
    };

    if (data.generation === row.generation) {
      const generation = row.generation + 1;
      const idleExpiresAt = Math.min(now + limits.idleMs, session.absoluteExpiresAt);
      await transaction
        .update(sessions)
        .set({ generation, rotatedAt: new Date(now), idleExpiresAt: new Date(idleExpiresAt) })
        .where(eq(sessions.id, row.id));
      return {
        answer: { success: true, data: { outcome: 'rotated', session: { ...session, generation, idleExpiresAt } } },
        audit: [auditEvent('session-refreshed', requestId, { ...facts, data: about })],
      };
    }

    if (data.generation === row.generation - 1 && now - row.rotatedAt.getTime() <= limits.graceMs) {
      return { answer: { success: true, data: { outcome: 'repeated', session } }, audit: [] };
    }

    await transaction
      .update(sessions)
      .set({ endedAt: new Date(now), endReason: 'reused' })
      .where(eq(sessions.id, row.id));
    return {
      answer: { success: true, data: { outcome: 'reused', userId: row.userId, email: row.email } },
      audit: [
        auditEvent('refresh-reused', requestId, { ...facts, data: { ...about, currentGeneration: row.generation } }),
      ],
    };
  });
}

async function lockSession(transaction: Transaction, sessionId: string) {
  const [row] = await transaction
    .select({
      id: sessions.id,
      userId: sessions.userId,
      generation: sessions.generation,
      rotatedAt: sessions.rotatedAt,
      idleExpiresAt: sessions.idleExpiresAt,
      absoluteExpiresAt: sessions.absoluteExpiresAt,
      endedAt: sessions.endedAt,
      addressBlock: sessions.addressBlock,
      email: users.email,
      userCreatedAt: users.createdAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
    .for('update', { of: sessions });
  return row;
}
