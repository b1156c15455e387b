import type { RateLimit, RateLimiter } from '@repo/redis';

export interface SendRefusal {
  readonly limit: RateLimit;
  readonly retryAfterMs: number;
}

/**
 * Takes one of the mails that an address may get, sign-ups and resends together; says which limit refuses it, if one
 * does. Depends on nothing but the address's own mails.
 */
export async function takeSend(
  limits: RateLimiter,
  codeSends: readonly RateLimit[],
  email: string,
): Promise<SendRefusal | undefined> {
  for (const limit of codeSends) {
    const { allowed, retryAfterMs } = await limits.consume(limit, email);
    if (!allowed) return { limit, retryAfterMs };
  }
  return undefined;
}
