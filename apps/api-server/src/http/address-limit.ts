import type { RateLimit, RateLimiter } from '@repo/redis';
import type { FastifyRequest } from 'fastify';
import type { LimitHits } from '../limits/limit-hits.ts';
import { retryAfterSeconds } from '../limits/retry-after.ts';
import { addressBlock, type ClientAddress } from './client-address.ts';
import { ProblemError } from './problem-error.ts';

/** Makes hooks that let only so many requests of an address block through. */
export type AddressLimit = (limit: RateLimit) => (request: FastifyRequest) => Promise<void>;

export function createAddressLimit(options: {
  readonly limits: RateLimiter;
  readonly hits: LimitHits;
  readonly clientAddress: ClientAddress;
}): AddressLimit {
  const { limits, hits, clientAddress } = options;
  return (limit) => async (request) => {
    const block = addressBlock(clientAddress(request.raw));
    const { allowed, retryAfterMs } = await limits.consume(limit, block);
    if (allowed) return;
    hits.report({ limit, subject: block, addressBlock: block, requestId: request.id });
    throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
  };
}
