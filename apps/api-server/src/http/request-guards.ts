import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { isSigned } from '../api-keys/signed-requests.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { SessionCookies } from '../sessions/session-cookies.ts';
import { isAllowedOrigin } from './allowed-origin.ts';
import { addressBlock, type ClientAddress } from './client-address.ts';
import { ProblemError } from './problem-error.ts';

const JSON_IN_UTF8 = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;
const AUDIT_WINDOW_MS = 60_000;

/**
 * Looks at a request before its body is read. What changes something must come from an allowed origin and be
 * uncompressed JSON, which no HTML form can send: together they keep other sites' pages from acting for a user. A
 * program that signs its requests has no origin: where keys are taken, and no session speaks, none is asked for.
 *
 * @throws ProblemError
 */
export function createRequestGuard(options: {
  readonly allowedOrigins: readonly string[];
  readonly clientAddress: ClientAddress;
  readonly audit: AuditLog;
  readonly cookies: SessionCookies;
}): (request: FastifyRequest) => void {
  const allowed = new Set(options.allowedOrigins);

  function isByKey(request: FastifyRequest): boolean {
    if (!isSigned(request.headers) || request.routeOptions.config.scope === undefined) return false;
    const { access, refresh } = options.cookies.read(request.headers.cookie);
    return access === undefined && refresh === undefined;
  }

  return (request) => {
    if (request.is404 || ['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return;
    const { headers } = request;
    if (!isByKey(request) && !isAllowedOrigin(headers, allowed)) {
      const block = addressBlock(options.clientAddress(request.raw));
      const origin = (headers.origin ?? '').slice(0, 200);
      options.audit.recordFirst(
        { kind: 'origin-refused', subject: block, addressBlock: block, requestId: request.id, data: { origin } },
        AUDIT_WINDOW_MS,
      );
      throw new ProblemError('origin-not-allowed');
    }
    // Without a body there is nothing to read. No form sends such a request, and no page unless its origin may.
    if (request.method === 'DELETE' && !hasBody(headers)) return;
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity' || !JSON_IN_UTF8.test(headers['content-type'] ?? '')) {
      throw new ProblemError('media-type-not-supported');
    }
  };
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
