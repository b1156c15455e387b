import type { WebConfig } from './web-config.ts';

/** What the pages in the browser need to know. */
export interface PublicSettings {
  /** An origin: no path, no slash at the end. */
  readonly apiUrl: string;
  /** The address of the price stream, with its path. */
  readonly wsUrl: string;
  readonly profile: WebConfig['PROFILE'];
  /** The locale of numbers, from the browser's languages; the server and the browser format alike. */
  readonly locale: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Language, script, region: the part of BCP 47 that decides how numbers look, and that `Intl` never throws at. */
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?$/i;
const FALLBACK_LOCALE = 'en-US';

/**
 * The settings for one request.
 *
 * @param host the request's Host header. When the api-server is configured on the loopback, the page's own name for
 *   this machine is used instead: `localhost` and `127.0.0.1` are different sites to a browser, and a cookie set by
 *   one does not reach the other.
 */
export function publicSettings(config: WebConfig, host: string | null, acceptLanguage: string | null): PublicSettings {
  const pageHost = URL.parse(`http://${host ?? ''}`)?.hostname;
  return {
    apiUrl: originOf(reachable(config.API_URL, pageHost)),
    wsUrl: streamOf(reachable(config.WS_URL, pageHost)),
    profile: config.PROFILE,
    locale: preferredLocale(acceptLanguage),
  };
}

function reachable(configured: string, pageHost: string | undefined): URL {
  const url = new URL(configured);
  if (LOOPBACK.has(url.hostname) && pageHost !== undefined && pageHost !== '') url.hostname = pageHost;
  return url;
}

function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

function streamOf(url: URL): string {
  return `${originOf(url)}${url.pathname}`;
}

/** The first language of the header that this runtime can format numbers in. */
export function preferredLocale(acceptLanguage: string | null): string {
  for (const entry of (acceptLanguage ?? '').split(',')) {
    const tag = entry.split(';')[0]?.trim() ?? '';
    if (!LANGUAGE.test(tag)) continue;
    const [supported] = Intl.NumberFormat.supportedLocalesOf(tag);
    if (supported !== undefined) return supported;
  }
  return FALLBACK_LOCALE;
}
