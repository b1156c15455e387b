import type { RateLimit, RateLimiter } from '@repo/redis';

export type SendPermission = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

/** Takes one of the mails that an address may get, sign-ups and resends together. Depends on nothing else. */
export async function takeSend(
  limits: RateLimiter,
  codeSends: readonly RateLimit[],
  email: string,
): Promise<SendPermission> {
  for (const limit of codeSends) {
    const { allowed, retryAfterMs } = await limits.consume(limit, email);
    if (!allowed) return { allowed: false, retryAfterMs };
  }
  return { allowed: true };
}
