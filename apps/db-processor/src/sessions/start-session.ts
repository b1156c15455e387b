import { sessions } from '@repo/db';
import type { SessionData, SessionSeed } from '@repo/schemas';
import type { Transaction } from '../requests/commit-once.ts';
import { databaseNow, type SessionLimits } from './session-clock.ts';

/** Inserts the session that a request brings along for its user. */
export async function startSession(
  transaction: Transaction,
  user: SessionData['user'],
  seed: SessionSeed,
  limits: SessionLimits,
): Promise<SessionData> {
  const now = await databaseNow(transaction);
  const absoluteExpiresAt = now + limits.absoluteMs;
  const idleExpiresAt = Math.min(now + limits.idleMs, absoluteExpiresAt);
  await transaction.insert(sessions).values({
    id: seed.sessionId,
    userId: user.userId,
    createdAt: new Date(now),
    rotatedAt: new Date(now),
    idleExpiresAt: new Date(idleExpiresAt),
    absoluteExpiresAt: new Date(absoluteExpiresAt),
    device: seed.device,
    addressBlock: seed.addressBlock,
  });
  return { sessionId: seed.sessionId, user, generation: 0, idleExpiresAt, absoluteExpiresAt };
}
