import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy } from './settings/content-security-policy.ts';
import { publicSettings } from './settings/public-settings.ts';
import { readWebConfig } from './settings/web-config.ts';

/**
 * Puts the policy of scripts and connections on every page (the constant headers are in next.config.ts). It is no security boundary: who may see what is decided by the api-server
 * alone.
 */
export function proxy(request: NextRequest): NextResponse {
  const { headers } = request;
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const settings = publicSettings(readWebConfig(), headers.get('host'), headers.get('accept-language'));
  const policy = contentSecurityPolicy(nonce, settings, process.env.NODE_ENV === 'development');

  // Next.js takes the nonce for its own scripts from the policy on the request; the layout reads `x-nonce`.
  const forwarded = new Headers(headers);
  forwarded.set('x-nonce', nonce);
  forwarded.set('content-security-policy', policy);

  const response = NextResponse.next({ request: { headers: forwarded } });
  response.headers.set('content-security-policy', policy);
  if (request.nextUrl.protocol === 'https:' || headers.get('x-forwarded-proto') === 'https') {
    response.headers.set('strict-transport-security', 'max-age=63072000; includeSubDomains');
  }
  return response;
}

export const config = {
  matcher: ['/((?!_next/static/|icon.svg).*)'],
};
