import { randomBytes } from 'node:crypto';
import { normalizePassword, type SessionData, type SessionSeed } from '@repo/schemas';
import type { Seal } from '@repo/service';
import type { AuditLog } from '../audit/audit-log.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import type { AuthGate } from '../user-store/auth-gate.ts';
import type { UserRequests } from '../user-store/user-requests.ts';
import type { AccessClaims, AccessTokens } from './access-token.ts';
import type { ActiveSessions } from './active-sessions.ts';
import type { RefreshTokens } from './refresh-token.ts';
import type { SessionTokens } from './session-cookies.ts';
import { refreshReusedMail } from './session-mails.ts';
import type { SigninThrottle } from './signin-throttle.ts';

export interface SessionsOptions {
  readonly active: ActiveSessions;
  readonly users: UserRequests;
  readonly gate: AuthGate;
  readonly throttle: SigninThrottle;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly seal: Seal;
  readonly mails: MailQueue;
  readonly audit: AuditLog;
  /** Closes what a session holds open here, e.g. WebSocket connections. */
  readonly onEnd: (sessionId: string) => void;
}

export interface SigninAttempt {
  readonly email: string;
  readonly password: string;
  readonly seed: SessionSeed;
  readonly requestId: string;
}

/** Starting, renewing, finding and ending sessions. */
export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The new session, or `undefined` when anything is wrong; what, is told to nobody. */
  signIn(attempt: SigninAttempt): Promise<SessionData | undefined> {
    const { gate, throttle, seal, users, audit } = this.#options;
    const { email, seed, requestId } = attempt;
    return gate.run(async () => {
      const admitted = await throttle.admit(email);
      if (!admitted) {
        const { addressBlock } = seed;
        audit.recordFirst({ kind: 'signin-throttled', subject: email, addressBlock, requestId }, 60_000);
      }
      // A try that has to wait takes the same way with a password that nobody has: same answer, same time.
      const password = admitted ? normalizePassword(attempt.password) : randomBytes(32).toString('base64');
      const data = { email, password: await seal(password), session: seed };
      const answer = await users.ask('auth', email, data).catch(async (error: unknown) => {
        if (admitted) await throttle.takeBack(email);
        throw error;
      });
      if (!answer.success) return undefined;
      await throttle.forget(email);
      return answer.data;
    });
  }

  /** The session of an access token, if the token is good and the session active. */
  async find(accessToken: string | undefined): Promise<SessionData | undefined> {
    const claims = await this.identify(accessToken);
    return claims === undefined ? undefined : this.#options.active.find(claims.userId, claims.sessionId);
  }

  /** Who an access token speaks for, the session's state aside. */
  async identify(accessToken: string | undefined): Promise<AccessClaims | undefined> {
    return accessToken === undefined ? undefined : this.#options.accessTokens.verify(accessToken);
  }

  /** Uses up a refresh token: the session in its next generation, or `undefined` when it is over. */
  async refresh(refreshToken: string | undefined): Promise<SessionData | undefined> {
    const claims = refreshToken === undefined ? undefined : this.#options.refreshTokens.read(refreshToken);
    if (claims === undefined) return undefined;
    const answer = await this.#options.users.ask('rotate-session', claims.sessionId, claims);
    if (!answer.success) throw new Error(`the user store refused a rotation: ${answer.error}`);
    const rotation = answer.data;
    switch (rotation.outcome) {
      case 'rotated':
      case 'repeated':
        return rotation.session;
      case 'reused':
        this.#options.onEnd(claims.sessionId);
        this.#options.mails.add(refreshReusedMail(rotation.email));
        await this.#options.active.end(rotation.userId, claims.sessionId);
        return undefined;
      case 'ended':
        return undefined;
    }
  }

  /** Tokens of a session just started or renewed, and the session known as active from here on. */
  async issueTokens(session: SessionData): Promise<{ access: string; accessExpiresAt: number; refresh: string }> {
    const access = await this.#options.accessTokens.issue(session);
    await this.#options.active.keep(session);
    return {
      access: access.token,
      accessExpiresAt: access.expiresAt,
      refresh: this.#options.refreshTokens.derive(session),
    };
  }

  /** Ends whatever sessions these tokens belong to; nothing when they belong to none. */
  async endAllOf(tokens: SessionTokens): Promise<void> {
    const found = new Map<string, string>();
    const access = await this.identify(tokens.access);
    if (access !== undefined) found.set(access.sessionId, access.userId);
    const refresh = tokens.refresh === undefined ? undefined : this.#options.refreshTokens.read(tokens.refresh);
    if (refresh !== undefined && !found.has(refresh.sessionId)) {
      const session = await this.#options.active.findById(refresh.sessionId);
      if (session !== undefined) found.set(session.sessionId, session.user.userId);
    }
    await Promise.all([...found].map(([sessionId, userId]) => this.#end(userId, sessionId)));
  }

  async #end(userId: string, sessionId: string): Promise<void> {
    this.#options.onEnd(sessionId);
    // Both, whichever fails: then the client is told to try again, and ending twice does no harm.
    const [stored, cached] = await Promise.allSettled([
      this.#options.users.ask('end-session', sessionId, { sessionId }),
      this.#options.active.end(userId, sessionId),
    ]);
    if (stored.status === 'rejected') throw stored.reason;
    if (cached.status === 'rejected') throw cached.reason;
  }
}
