import type { SessionData } from '@repo/schemas';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
const ISSUER = 'cfd-broker';
const AUDIENCE = 'cfd-broker-api';
const CLOCK_TOLERANCE_S = 5;
/** Tokens that were verified lately: verifying one again costs a tenth of what a request does. */
const TOKENS_KNOWN_MAX = 10_000;

const ClaimsSchema = z.object({ sub: z.string().min(1), sid: z.uuid() });

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

export interface AccessTokens {
  /** A token of this session, and when it ends (ms since the epoch): never later than the session does. */
  issue(session: SessionData): Promise<{ token: string; expiresAt: number }>;
  /** The claims of a token that is ours, whole and not expired. Whether its session still runs is another question. */
  verify(token: string): Promise<AccessClaims | undefined>;
}

/**
 * Access tokens: JWTs of RFC 9068's type. The algorithm and the key are fixed here; what a token's header says about
 * keys (`kid`, `jwk`, `jku`) is never looked at.
 */
export async function createAccessTokens(options: {
  readonly secret: string;
  readonly lifetimeSeconds: number;
}): Promise<AccessTokens> {
  const bytes = new TextEncoder().encode(options.secret);
  // Imported once: given anything else, jose imports it again for each token.
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  const verification = {
    algorithms: [ALGORITHM],
    typ: TYPE,
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['sub', 'sid', 'iat', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_S,
    maxTokenAge: options.lifetimeSeconds,
  };
  const known = new LRUCache<string, { readonly claims: AccessClaims; readonly endsAtS: number }>({
    max: TOKENS_KNOWN_MAX,
  });
  const endOf = ({ iat = 0, exp = 0 }: JWTPayload) => Math.min(exp, iat + options.lifetimeSeconds) + CLOCK_TOLERANCE_S;
  return {
    async issue(session) {
      const now = Math.floor(Date.now() / 1000);
      const expiresAt = Math.min(now + options.lifetimeSeconds, Math.floor(session.absoluteExpiresAt / 1000));
      const token = await new SignJWT({ sid: session.sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(session.user.userId)
        .setIssuedAt(now)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt: expiresAt * 1000 };
    },
    async verify(token) {
      const seen = known.get(token);
      if (seen !== undefined && Math.floor(Date.now() / 1000) < seen.endsAtS) return seen.claims;
      try {
        const { payload } = await jwtVerify(token, key, verification);
        const read = ClaimsSchema.safeParse(payload);
        if (!read.success) return undefined;
        const claims = { userId: read.data.sub, sessionId: read.data.sid };
        known.set(token, { claims, endsAtS: endOf(payload) });
        return claims;
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined;
        throw error;
      }
    },
  };
}
