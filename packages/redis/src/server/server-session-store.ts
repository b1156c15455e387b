import type { SessionData } from '@repo/schemas';
import type { CachedSession, SessionStore } from '../port.ts';
import type { Connection } from './connection.ts';

const ended = JSON.stringify({ state: 'ended' } satisfies CachedSession);

/** Sessions on the server, as JSON in `session:{userId}:{sessionId}`. */
export class ServerSessionStore implements SessionStore {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(userId: string, sessionId: string): Promise<CachedSession | undefined> {
    const json = await this.#connection.run((client) => client.get(keyOf(userId, sessionId)));
    return json === null ? undefined : (JSON.parse(json) as CachedSession);
  }

  async putActive(session: SessionData, ttlMs: number): Promise<void> {
    const key = keyOf(session.user.userId, session.sessionId);
    const json = JSON.stringify({ state: 'active', session } satisfies CachedSession);
    await this.#connection.run((client) => client.putUnless(key, json, ended, ttlMs));
  }

  async end(userId: string, sessionId: string, ttlMs: number): Promise<void> {
    const expiration = { type: 'PX', value: ttlMs } as const;
    await this.#connection.run((client) => client.set(keyOf(userId, sessionId), ended, { expiration }));
  }
}

function keyOf(userId: string, sessionId: string): string {
  return `session:${userId}:${sessionId}`;
}
