import { users } from '@repo/db';
import { and, eq, sql } from 'drizzle-orm';
import { type Committed, commitOnce, type Effect, type Transaction } from '../requests/commit-once.ts';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { refuse } from '../requests/user-answer.ts';
import { startSession } from '../sessions/start-session.ts';
import { auditEvent, type HandlerContext } from './handler-context.ts';

const ATTEMPTS = 3;

/** The user's hash was replaced while it was being verified. */
class HashChangedError extends Error {
  override readonly name = 'HashChangedError';
}

/**
 * Checks a password and starts a session. An unknown address gets the same answer as a wrong password, after the same
 * work.
 */
export async function userAuthenticationHandler(
  context: HandlerContext,
  request: OpenedRequestOf<'auth'>,
): Promise<Committed> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await authenticate(context, request);
    } catch (error) {
      if (!(error instanceof HashChangedError) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function authenticate(
  { database, passwords, limits }: HandlerContext,
  { requestId, data }: OpenedRequestOf<'auth'>,
): Promise<Committed> {
  const { email, session: seed } = data;
  const [user] = await database.select().from(users).where(eq(users.email, email));
  // Before the transaction: none is held open while a password is hashed.
  const { correct, replacement } = await passwords.verify(user?.passwordHash, data.password);
  const facts = { subject: email, addressBlock: seed.addressBlock };
  return commitOnce(database, requestId, async (transaction): Promise<Effect> => {
    if (user === undefined || !correct) {
      return { answer: refuse('credentials-incorrect'), audit: [auditEvent('signin-failed', requestId, facts)] };
    }
    await confirmHash(transaction, user, replacement);
    const owner = { userId: user.id, email, createdAt: user.createdAt.getTime() };
    const session = await startSession(transaction, owner, seed, limits);
    return {
      answer: { success: true, data: session },
      audit: [
        auditEvent('signin-succeeded', requestId, {
          ...facts,
          data: {
            userId: user.id,
            sessionId: session.sessionId,
            device: seed.device,
            ...(replacement === undefined ? {} : { rehashed: true }),
          },
        }),
      ],
    };
  });
}

/** Locks the user's row with the hash that was verified, so that a password changed meanwhile opens no session. */
async function confirmHash(
  transaction: Transaction,
  user: typeof users.$inferSelect,
  replacement: string | undefined,
): Promise<void> {
  const unchanged = and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash));
  const rows =
    replacement === undefined
      ? await transaction.select({ id: users.id }).from(users).where(unchanged).for('share')
      : await transaction
          .update(users)
          .set({ passwordHash: replacement, updatedAt: sql`now()` })
          .where(unchanged)
          .returning({ id: users.id });
  if (rows.length === 0) throw new HashChangedError('the password hash changed while it was verified');
}
