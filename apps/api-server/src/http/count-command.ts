import type { RateLimit, RateLimiter } from '@repo/redis';
import type { FastifyRequest } from 'fastify';
import type { LimitHits } from '../limits/limit-hits.ts';
import { retryAfterSeconds } from '../limits/retry-after.ts';
import { addressBlock, type ClientAddress } from './client-address.ts';
import { ProblemError } from './problem-error.ts';

/** Counts what changes something in an account, or opens one for a user. @throws ProblemError `too-many-requests` */
export type CountCommand = (request: FastifyRequest, accountOrUserId: string) => Promise<void>;

export function createCountCommand(options: {
  readonly limiter: RateLimiter;
  readonly limit: RateLimit;
  readonly hits: LimitHits;
  readonly clientAddress: ClientAddress;
}): CountCommand {
  const { limiter, limit, hits, clientAddress } = options;
  return async (request, subject) => {
    const { allowed, retryAfterMs } = await limiter.consume(limit, subject);
    if (allowed) return;
    hits.report({ limit, subject, addressBlock: addressBlock(clientAddress(request.raw)), requestId: request.id });
    throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
  };
}
