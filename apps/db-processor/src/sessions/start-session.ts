import { sessions } from '@repo/db';
import type { SessionData, SessionSeed } from '@repo/schemas';
import { sql } from 'drizzle-orm';
import type { Transaction } from '../requests/commit-once.ts';
import type { SessionLimits } from './session-clock.ts';

/** Inserts the session that a request brings along for its user. */
export async function startSession(
  transaction: Transaction,
  user: SessionData['user'],
  seed: SessionSeed,
  limits: SessionLimits,
): Promise<SessionData> {
  const after = (ms: number) => sql`now() + ${ms} * interval '1 ms'`;
  const [started] = await transaction
    .insert(sessions)
    .values({
      id: seed.sessionId,
      userId: user.userId,
      createdAt: sql`now()`,
      rotatedAt: sql`now()`,
      idleExpiresAt: after(Math.min(limits.idleMs, limits.absoluteMs)),
      absoluteExpiresAt: after(limits.absoluteMs),
      device: seed.device,
      addressBlock: seed.addressBlock,
    })
    .returning({ idleExpiresAt: sessions.idleExpiresAt, absoluteExpiresAt: sessions.absoluteExpiresAt });
  if (started === undefined) throw new Error('the inserted session was not returned');
  return {
    sessionId: seed.sessionId,
    user,
    generation: 0,
    idleExpiresAt: started.idleExpiresAt.getTime(),
    absoluteExpiresAt: started.absoluteExpiresAt.getTime(),
  };
}
