import type { SessionReader } from '@repo/db';
import type { SessionStore } from '@repo/redis';
import type { SessionData } from '@repo/schemas';

// PostgreSQL decides; the cache repeats it for a minute, so that expiry by the database's clock and whatever the cache
// lost hold within that time. Ends that go through an api-server hold at once: they leave a mark in the cache.
const CACHED_MS = 60_000;
/** Longer than any access token lives, its clock tolerance and the cached minute included. */
const ENDED_MARK_MS = 15 * 60_000;

/** Which sessions are active: from the cache, else from PostgreSQL. Throws when neither can tell. */
export class ActiveSessions {
  readonly #cache: SessionStore;
  readonly #reader: SessionReader;

  constructor(options: { readonly cache: SessionStore; readonly reader: SessionReader }) {
    this.#cache = options.cache;
    this.#reader = options.reader;
  }

  async find(userId: string, sessionId: string): Promise<SessionData | undefined> {
    const cached = await this.#cache.get(userId, sessionId);
    if (cached !== undefined) return cached.state === 'active' ? cached.session : undefined;
    const session = await this.#reader.findActiveSession(sessionId);
    if (session === undefined || session.user.userId !== userId) return undefined;
    await this.keep(session);
    return session;
  }

  /** For a session known by nothing but its id, e.g. from a refresh token. */
  findById(sessionId: string): Promise<SessionData | undefined> {
    return this.#reader.findActiveSession(sessionId);
  }

  keep(session: SessionData): Promise<void> {
    return this.#cache.putActive(session, CACHED_MS);
  }

  /** From here on the session is refused everywhere. */
  end(userId: string, sessionId: string): Promise<void> {
    return this.#cache.end(userId, sessionId, ENDED_MARK_MS);
  }
}
