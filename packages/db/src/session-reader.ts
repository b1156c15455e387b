import type { SessionData } from '@repo/schemas';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { withUnavailableNamed } from './database-unavailable.ts';
import type { DatabaseHandle, SessionReader } from './port.ts';
import { sessions, users } from './tables.ts';

/** Reads sessions with the api-server's privileges. Rejects with `DatabaseUnavailableError` when the server is away. */
export function createSessionReader({ db }: Pick<DatabaseHandle, 'db'>): SessionReader {
  // Built once: putting the statement together costs more than asking it.
  const activeSession = db
    .select({
      sessionId: sessions.id,
      generation: sessions.generation,
      idleExpiresAt: sessions.idleExpiresAt,
      absoluteExpiresAt: sessions.absoluteExpiresAt,
      userId: users.id,
      email: users.email,
      createdAt: users.createdAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.id, sql.placeholder('sessionId')),
        isNull(sessions.endedAt),
        gt(sessions.idleExpiresAt, sql`now()`),
        gt(sessions.absoluteExpiresAt, sql`now()`),
      ),
    )
    .prepare('active_session');
  return {
    findActiveSession: (sessionId) =>
      withUnavailableNamed(async () => {
        const [row] = await activeSession.execute({ sessionId });
        if (row === undefined) return undefined;
        return {
          sessionId: row.sessionId,
          user: { userId: row.userId, email: row.email, createdAt: row.createdAt.getTime() },
          generation: row.generation,
          idleExpiresAt: row.idleExpiresAt.getTime(),
          absoluteExpiresAt: row.absoluteExpiresAt.getTime(),
        } satisfies SessionData;
      }),
  };
}
