import { randomUUID } from 'node:crypto';
import { apiKeys, users } from '@repo/db';
import type { ApiKey } from '@repo/schemas';
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { type Committed, commitOnce, type Effect } from '../requests/commit-once.ts';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { refuse } from '../requests/user-answer.ts';
import { auditEvent, type HandlerContext } from './handler-context.ts';

/** Keys that a user may have at one time. */
const KEYS_MAX = 10;

/** Gives a user another API key; `api-keys-limit` when he has as many as he may. */
export function apiKeyCreationHandler(
  { database }: HandlerContext,
  { requestId, data }: OpenedRequestOf<'create-api-key'>,
): Promise<Committed> {
  const { userId, name, scopes, publicKey, expiresInDays, addressBlock } = data;
  return commitOnce(database, requestId, async (transaction): Promise<Effect> => {
    // Locked, so that keys made at one moment count each other.
    const [user] = await transaction
      .select({ email: users.email })
      .from(users)
      .where(eq(users.id, userId))
      .for('no key update');
    if (user === undefined) return { answer: refuse('credentials-incorrect'), audit: [] };
    const active = and(
      eq(apiKeys.userId, userId),
      isNull(apiKeys.revokedAt),
      or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
    );
    if ((await transaction.$count(apiKeys, active)) >= KEYS_MAX) return { answer: refuse('api-keys-limit'), audit: [] };
    const [created] = await transaction
      .insert(apiKeys)
      .values({
        id: randomUUID(),
        userId,
        name,
        scopes,
        publicKey,
        ...(expiresInDays !== undefined && { expiresAt: sql`now() + ${expiresInDays} * interval '1 day'` }),
      })
      .returning();
    if (created === undefined) throw new Error('the inserted key was not returned');
    const { id, createdAt, expiresAt } = created;
    const key: ApiKey = {
      id,
      name,
      scopes,
      publicKey,
      createdAt: createdAt.getTime(),
      ...(expiresAt !== null && { expiresAt: expiresAt.getTime() }),
    };
    return {
      answer: { success: true, data: key },
      audit: [
        auditEvent('api-key-created', requestId, {
          subject: user.email,
          addressBlock,
          data: { userId, keyId: id, name, scopes: scopes.join(' '), publicKey },
        }),
      ],
    };
  });
}
