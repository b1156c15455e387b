import { randomUUID } from 'node:crypto';
import { users } from '@repo/db';
import { type Committed, commitOnce } from '../requests/commit-once.ts';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { refuse } from '../requests/user-answer.ts';
import { startSession } from '../sessions/start-session.ts';
import { auditEvent, type HandlerContext } from './handler-context.ts';

/** Creates a user and the first session; `already-exists` when the address has a user. */
export async function userCreationHandler(
  { database, passwords, limits }: HandlerContext,
  { requestId, data }: OpenedRequestOf<'create'>,
): Promise<Committed> {
  const { email, session: seed } = data;
  // Before the transaction: none is held open while a password is hashed.
  const passwordHash = await passwords.hash(data.password);
  return commitOnce(database, requestId, async (transaction) => {
    const [created] = await transaction
      .insert(users)
      .values({ id: randomUUID(), email, passwordHash })
      .onConflictDoNothing({ target: users.email })
      .returning({ userId: users.id, createdAt: users.createdAt });
    if (created === undefined) return { answer: refuse('already-exists'), audit: [] };
    const user = { userId: created.userId, email, createdAt: created.createdAt.getTime() };
    const session = await startSession(transaction, user, seed, limits);
    const facts = { subject: email, addressBlock: seed.addressBlock };
    return {
      answer: { success: true, data: session },
      audit: [
        auditEvent('user-created', requestId, {
          ...facts,
          data: { userId: user.userId, sessionId: session.sessionId, device: seed.device },
        }),
      ],
    };
  });
}
