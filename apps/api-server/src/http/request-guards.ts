import type { FastifyRequest } from 'fastify';
import type { AuditLog } from '../audit/audit-log.ts';
import { isAllowedOrigin } from './allowed-origin.ts';
import { addressBlock, type ClientAddress } from './client-address.ts';
import { ProblemError } from './problem-error.ts';

const JSON_IN_UTF8 = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;
const AUDIT_WINDOW_MS = 60_000;

/**
 * Looks at a request before its body is read. What changes something must come from an allowed origin and be
 * uncompressed JSON, which no HTML form can send: together they keep other sites' pages from acting for a user.
 *
 * @throws ProblemError
 */
export function createRequestGuard(options: {
  readonly allowedOrigins: readonly string[];
  readonly clientAddress: ClientAddress;
  readonly audit: AuditLog;
}): (request: FastifyRequest) => void {
  const allowed = new Set(options.allowedOrigins);
  return (request) => {
    if (request.is404 || ['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return;
    const { headers } = request;
    if (!isAllowedOrigin(headers, allowed)) {
      const block = addressBlock(options.clientAddress(request.raw));
      const origin = (headers.origin ?? '').slice(0, 200);
      options.audit.recordFirst(
        { kind: 'origin-refused', subject: block, addressBlock: block, requestId: request.id, data: { origin } },
        AUDIT_WINDOW_MS,
      );
      throw new ProblemError('origin-not-allowed');
    }
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity' || !JSON_IN_UTF8.test(headers['content-type'] ?? '')) {
      throw new ProblemError('media-type-not-supported');
    }
  };
}
