import type { FastifyReply } from 'fastify';

export interface SessionTokens {
  readonly access: string | undefined;
  readonly refresh: string | undefined;
}

export interface SessionCookies {
  /** The tokens of a Cookie header, as sent. */
  read(header: string | undefined): SessionTokens;
  set(
    reply: FastifyReply,
    tokens: { readonly access: string; readonly refresh: string; readonly refreshSeconds: number },
  ): void;
  clear(reply: FastifyReply): void;
}

/**
 * The two cookies of a session. Over HTTPS they carry the `__Host-` prefix, which pins them to this host, to Secure
 * and to the path `/`; without HTTPS the refresh cookie is kept to the API's path instead.
 */
export function createSessionCookies(options: {
  readonly secure: boolean;
  readonly accessSeconds: number;
}): SessionCookies {
  const prefix = options.secure ? '__Host-' : '';
  const common = { httpOnly: true, sameSite: 'lax', secure: options.secure } as const;
  const access = { name: `${prefix}access`, attributes: { ...common, path: '/' } };
  const refresh = { name: `${prefix}refresh`, attributes: { ...common, path: options.secure ? '/' : '/api/v1' } };
  return {
    read: (header) => ({ access: readCookie(header, access.name), refresh: readCookie(header, refresh.name) }),
    set(reply, tokens) {
      reply.setCookie(access.name, tokens.access, { ...access.attributes, maxAge: options.accessSeconds });
      reply.setCookie(refresh.name, tokens.refresh, { ...refresh.attributes, maxAge: tokens.refreshSeconds });
    },
    clear(reply) {
      reply.clearCookie(access.name, access.attributes);
      reply.clearCookie(refresh.name, refresh.attributes);
    },
  };
}

// Of several cookies of one name the first counts: browsers send the one of the longest path first (RFC 6265 §5.4).
// Our values need no decoding.
function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
