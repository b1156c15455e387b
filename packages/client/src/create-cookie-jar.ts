import type { CookieJar } from './cookie-jar.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
  /** ms since the epoch; absent for the life of the jar. */
  readonly expiresAt: number | undefined;
}

/**
 * A jar in memory: host-only cookies with Path, Secure, Max-Age and Expires (RFC 6265). As in a browser, ports do not
 * matter, and `localhost` counts as secure. The Domain attribute is not supported: the API sets none.
 */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Cookie>();

  return {
    header: (address) => {
      const url = new URL(address);
      const secure = isSecure(url);
      const matching = [...cookies.values()].filter(
        (cookie) =>
          cookie.host === url.hostname &&
          (secure || !cookie.secure) &&
          pathMatches(cookie.path, url.pathname) &&
          (cookie.expiresAt === undefined || cookie.expiresAt > Date.now()),
      );
      // Longer paths first (RFC 6265, 5.4).
      matching.sort((a, b) => b.path.length - a.path.length);
      return matching.length === 0 ? undefined : matching.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    store: (address, setCookies) => {
      const url = new URL(address);
      for (const line of setCookies) {
        const cookie = parseSetCookie(line, url);
        if (cookie === undefined || (cookie.secure && !isSecure(url))) continue;
        const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
        if (cookie.expiresAt !== undefined && cookie.expiresAt <= Date.now()) cookies.delete(key);
        else cookies.set(key, cookie);
      }
    },
    clear: () => cookies.clear(),
  };
}

function parseSetCookie(line: string, url: URL): Cookie | undefined {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  if (equals <= 0) return undefined;
  const given = new Map(
    attributes.map((attribute) => {
      const [name = '', ...value] = attribute.split('=');
      return [name.toLowerCase(), value.join('=')] as const;
    }),
  );
  const path = given.get('path');
  return {
    name: pair.slice(0, equals),
    value: pair.slice(equals + 1),
    host: url.hostname,
    path: path?.startsWith('/') ? path : url.pathname.slice(0, Math.max(1, url.pathname.lastIndexOf('/'))),
    secure: given.has('secure'),
    expiresAt: expiryOf(given),
  };
}

function expiryOf(attributes: ReadonlyMap<string, string>): number | undefined {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?[0-9]+$/.test(maxAge)) return Date.now() + Number(maxAge) * 1_000;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? undefined : expires;
}

function isSecure(url: URL): boolean {
  return (
    url.protocol === 'https:' || url.protocol === 'wss:' || /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  );
}

function pathMatches(path: string, requested: string): boolean {
  return requested === path || (requested.startsWith(path) && (path.endsWith('/') || requested[path.length] === '/'));
}
