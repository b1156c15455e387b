import type { IncomingMessage } from 'node:http';
import type { ProblemCode } from '@repo/schemas';
import type { AuditLog } from '../audit/audit-log.ts';

const AUDIT_WINDOW_MS = 60_000;

/** Tells the audit table of upgrades that were refused for who asked: the first of an address block in each minute. */
export function createUpgradeAudit(options: {
  readonly audit: AuditLog;
  readonly addressBlock: (request: IncomingMessage) => string;
}): (request: IncomingMessage, code: ProblemCode) => void {
  return (request, code) => {
    const block = options.addressBlock(request);
    const whom = { subject: block, addressBlock: block };
    if (code === 'origin-not-allowed') {
      const origin = (request.headers.origin ?? '').slice(0, 200);
      options.audit.recordFirst({ kind: 'origin-refused', ...whom, data: { origin } }, AUDIT_WINDOW_MS);
    } else if (code === 'too-many-requests') {
      const data = { limit: 'websocket-connections' };
      options.audit.recordFirst({ kind: 'limit-reached', ...whom, data }, AUDIT_WINDOW_MS);
    }
  };
}
