import type { CookieJar } from '@repo/client';

/** The id of the session that these cookies speak for, read from the access token; its signature is not our business. */
export function sessionOf(cookies: Pick<CookieJar, 'header'>, url: string): string | undefined {
  const token = /(?:^|; )access=[\w-]+\.([\w-]+)\./.exec(cookies.header(`${url}/api/v1`) ?? '')?.[1];
  if (token === undefined) return undefined;
  const claims: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
  return typeof claims === 'object' && claims !== null && 'sid' in claims ? String(claims.sid) : undefined;
}
