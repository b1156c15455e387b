import { MeSchema, type User } from '@repo/schemas';
import { cookies } from 'next/headers';
import { SERVER_TIMEOUT_MS, serverApiUrl } from '../settings/server-api.ts';
import { SESSION_HINT } from './session-hint.ts';

/** Whose page is being rendered. `unknown`: probably somebody's; the browser can refresh the session and tell. */
export type PageSession = { readonly state: 'signed-in'; readonly user: User } | { readonly state: 'unknown' | 'none' };

/** Asks the API with the visitor's cookies. Never refreshes: the new tokens could not be handed to the browser. */
export async function readSession(): Promise<PageSession> {
  const jar = await cookies();
  if (!jar.has(SESSION_HINT)) return { state: 'none' };
  try {
    const response = await fetch(`${serverApiUrl()}/api/v1/me`, {
      headers: { cookie: jar.toString() },
      cache: 'no-store',
      signal: AbortSignal.timeout(SERVER_TIMEOUT_MS),
    });
    const parsed = MeSchema.safeParse(response.ok ? await response.json() : undefined);
    return parsed.success ? { state: 'signed-in', user: parsed.data.user } : { state: 'unknown' };
  } catch {
    // Not reachable from here; the browser tries itself and shows what it finds.
    return { state: 'unknown' };
  }
}
