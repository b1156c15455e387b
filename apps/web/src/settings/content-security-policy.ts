import type { PublicSettings } from './public-settings.ts';

/**
 * The policy of one page. Scripts run by nonce only; styles come from this origin or carry the nonce (no `style`
 * attribute in HTML); connections go to this origin, the API and the price stream, nowhere else.
 */
export function contentSecurityPolicy(nonce: string, settings: PublicSettings, dev: boolean): string {
  return [
    "default-src 'self'",
    // React's development build rebuilds stacks with eval, and the development overlay brings styles of its own.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    `connect-src 'self' ${settings.apiUrl} ${settings.wsUrl}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
