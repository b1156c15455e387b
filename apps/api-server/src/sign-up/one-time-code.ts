import { createHmac, randomInt } from 'node:crypto';
import type { OtpPurpose } from '@repo/redis';

/** Six digits from a cryptographic source. */
export function createCode(): string {
  return randomInt(0, 1_000_000).toString().padStart(6, '0');
}

/** What is kept of a code, hex: bound to what it is for and to one address, so it is worth nothing anywhere else. */
export function hashCode(secret: string, purpose: OtpPurpose, email: string, code: string): string {
  return createHmac('sha256', secret).update(`${purpose}|${email}|${code}`).digest('hex');
}
