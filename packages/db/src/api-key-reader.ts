import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { withUnavailableNamed } from './database-unavailable.ts';
import type { ApiKeyReader, DatabaseHandle } from './port.ts';
import { apiKeys, users } from './tables.ts';

/** Reads API keys with the api-server's privileges. Rejects with `DatabaseUnavailableError` when the server is away. */
export function createApiKeyReader({ db }: Pick<DatabaseHandle, 'db'>): ApiKeyReader {
  // Built once: putting the statements together costs more than asking them.
  const activeKey = db
    .select({
      id: apiKeys.id,
      scopes: apiKeys.scopes,
      publicKey: apiKeys.publicKey,
      userId: users.id,
      email: users.email,
      userCreatedAt: users.createdAt,
    })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(
      and(
        eq(apiKeys.id, sql.placeholder('keyId')),
        isNull(apiKeys.revokedAt),
        or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
      ),
    )
    .prepare('active_api_key');
  const keysOfUser = db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      scopes: apiKeys.scopes,
      publicKey: apiKeys.publicKey,
      createdAt: apiKeys.createdAt,
      expiresAt: apiKeys.expiresAt,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.userId, sql.placeholder('userId')), isNull(apiKeys.revokedAt)))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .prepare('api_keys_of_user');
  return {
    findActive: (keyId) =>
      withUnavailableNamed(async () => {
        const [row] = await activeKey.execute({ keyId });
        if (row === undefined) return undefined;
        const { id, scopes, publicKey, userId, email, userCreatedAt } = row;
        return { id, scopes, publicKey, user: { userId, email, createdAt: userCreatedAt.getTime() } };
      }),
    list: (userId) =>
      withUnavailableNamed(async () =>
        (await keysOfUser.execute({ userId })).map(({ createdAt, expiresAt, ...key }) => ({
          ...key,
          createdAt: createdAt.getTime(),
          ...(expiresAt !== null && { expiresAt: expiresAt.getTime() }),
        })),
      ),
  };
}
