import type { SessionData, SessionStarted, User } from '@repo/schemas';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SessionCookies } from '../sessions/session-cookies.ts';
import type { Sessions } from '../sessions/sessions.ts';

export interface SessionReplies {
  /** After an authentication: always a new session; one that the browser had before is ended. */
  start(request: FastifyRequest, reply: FastifyReply, session: SessionData): Promise<SessionStarted>;
  /** After a refresh: the same session with new tokens. */
  renew(reply: FastifyReply, session: SessionData): Promise<SessionStarted>;
}

/** Hands sessions to browsers. Tokens travel in cookies only. */
export function createSessionReplies(options: {
  readonly sessions: Sessions;
  readonly cookies: SessionCookies;
}): SessionReplies {
  const { sessions, cookies } = options;

  async function renew(reply: FastifyReply, session: SessionData): Promise<SessionStarted> {
    const { access, accessExpiresAt, refresh } = await sessions.issueTokens(session);
    const ends = Math.min(session.idleExpiresAt, session.absoluteExpiresAt);
    const refreshSeconds = Math.max(0, Math.floor((ends - Date.now()) / 1000));
    cookies.set(reply, { access, refresh, refreshSeconds });
    return { user: userOf(session), accessExpiresAt };
  }

  return {
    renew,
    async start(request, reply, session) {
      await sessions.endAllOf(cookies.read(request.headers.cookie));
      return renew(reply, session);
    },
  };
}

export function userOf({ user }: Pick<SessionData, 'user'>): User {
  return { id: user.userId, email: user.email, createdAt: user.createdAt };
}
