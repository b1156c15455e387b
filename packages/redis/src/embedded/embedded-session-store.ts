import type { SessionData } from '@repo/schemas';
import type { CachedSession, SessionStore } from '../port.ts';
import type { TtlMap } from '../ttl-map.ts';

/** Sessions in memory, kept as JSON so that no caller holds what another reads. */
export class EmbeddedSessionStore implements SessionStore {
  readonly #sessions: TtlMap<string>;
  readonly #demandOpen: () => void;

  constructor(sessions: TtlMap<string>, demandOpen: () => void) {
    this.#sessions = sessions;
    this.#demandOpen = demandOpen;
  }

  async get(userId: string, sessionId: string): Promise<CachedSession | undefined> {
    this.#demandOpen();
    const json = this.#sessions.get(keyOf(userId, sessionId));
    return json === undefined ? undefined : (JSON.parse(json) as CachedSession);
  }

  async putActive(session: SessionData, ttlMs: number): Promise<void> {
    this.#demandOpen();
    const key = keyOf(session.user.userId, session.sessionId);
    if (this.#sessions.get(key) === ended) return;
    this.#sessions.set(key, JSON.stringify({ state: 'active', session } satisfies CachedSession), ttlMs);
  }

  async end(userId: string, sessionId: string, ttlMs: number): Promise<void> {
    this.#demandOpen();
    this.#sessions.set(keyOf(userId, sessionId), ended, ttlMs);
  }
}

const ended = JSON.stringify({ state: 'ended' } satisfies CachedSession);

function keyOf(userId: string, sessionId: string): string {
  return `${userId}:${sessionId}`;
}
