import { randomUUID } from 'node:crypto';
import type { Database } from '@repo/db';
import type { AuditEvent } from '@repo/schemas';
import { activeRequestId } from '@repo/service';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { SessionLimits } from '../sessions/session-clock.ts';

/** What handlers work with. */
export interface HandlerContext {
  readonly database: Database;
  readonly passwords: PasswordHasher;
  readonly limits: SessionLimits;
}

/** An audit event of something done here, under the id of the HTTP request that led to it if that is known. */
export function auditEvent(
  kind: AuditEvent['kind'],
  requestId: string,
  facts: Pick<AuditEvent, 'subject' | 'addressBlock' | 'data'>,
): AuditEvent {
  return { id: randomUUID(), at: Date.now(), kind, requestId: activeRequestId() ?? requestId, ...facts };
}
