import { randomUUID } from 'node:crypto';
import type { SessionSeed } from '@repo/schemas';

/** A new session's id and what its owner will recognise it by. */
export function createSessionSeed(userAgent: string | undefined, addressBlock: string): SessionSeed {
  const device = (userAgent ?? '').replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
  return { sessionId: randomUUID(), device, addressBlock };
}
