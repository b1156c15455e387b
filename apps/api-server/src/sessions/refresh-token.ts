import { createHmac, timingSafeEqual } from 'node:crypto';

const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(0|[1-9][0-9]{0,9})\.([\w-]{43})$/;

export interface RefreshClaims {
  readonly sessionId: string;
  readonly generation: number;
}

export interface RefreshTokens {
  derive(claims: RefreshClaims): string;
  /** What a token says, if it is one of ours. Whether its generation is the current one only PostgreSQL knows. */
  read(token: string): RefreshClaims | undefined;
}

/**
 * Refresh tokens: `sessionId.generation.HMAC-SHA256(secret, sessionId|generation)`. Derived, so that none is stored
 * and a lost answer can be given again; each generation is good for one rotation.
 */
export function createRefreshTokens(secret: string): RefreshTokens {
  const sign = (sessionId: string, generation: number) =>
    createHmac('sha256', secret).update(`${sessionId}|${generation}`).digest();
  return {
    derive: ({ sessionId, generation }) =>
      `${sessionId}.${generation}.${sign(sessionId, generation).toString('base64url')}`,
    read(token) {
      const [, sessionId, digits, signature] = TOKEN.exec(token) ?? [];
      if (sessionId === undefined || digits === undefined || signature === undefined) return undefined;
      const generation = Number(digits);
      const given = Buffer.from(signature, 'base64url');
      return timingSafeEqual(given, sign(sessionId, generation)) ? { sessionId, generation } : undefined;
    },
  };
}
