import { apiKeys, users } from '@repo/db';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { type Committed, commitOnce, type Effect } from '../requests/commit-once.ts';
import type { OpenedRequestOf } from '../requests/open-request.ts';
import { auditEvent, type HandlerContext } from './handler-context.ts';

/** Revokes a user's API key, an expired one too; `revoked` says whether there was one until now. */
export function apiKeyRevocationHandler(
  { database }: HandlerContext,
  { requestId, data }: OpenedRequestOf<'revoke-api-key'>,
): Promise<Committed> {
  const { userId, keyId, addressBlock } = data;
  return commitOnce(database, requestId, async (transaction): Promise<Effect> => {
    const [revoked] = await transaction
      .update(apiKeys)
      .set({ revokedAt: sql`now()` })
      .from(users)
      .where(
        and(eq(users.id, apiKeys.userId), eq(apiKeys.id, keyId), eq(apiKeys.userId, userId), isNull(apiKeys.revokedAt)),
      )
      .returning({ email: users.email });
    if (revoked === undefined) return { answer: { success: true, data: { revoked: false } }, audit: [] };
    return {
      answer: { success: true, data: { revoked: true } },
      audit: [
        auditEvent('api-key-revoked', requestId, { subject: revoked.email, addressBlock, data: { userId, keyId } }),
      ],
    };
  });
}
