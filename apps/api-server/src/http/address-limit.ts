import type { RateLimit, RateLimiter } from '@repo/redis';
import { Counter, type Registry } from '@repo/service';
import type { FastifyRequest } from 'fastify';
import type { AuditLog } from '../audit/audit-log.ts';
import { retryAfterSeconds } from '../limits/retry-after.ts';
import { addressBlock, type ClientAddress } from './client-address.ts';
import { ProblemError } from './problem-error.ts';

/** Makes hooks that let only so many requests of an address block through. */
export type AddressLimit = (limit: RateLimit) => (request: FastifyRequest) => Promise<void>;

export function createAddressLimit(options: {
  readonly limits: RateLimiter;
  readonly clientAddress: ClientAddress;
  readonly audit: AuditLog;
  readonly metrics: Registry;
}): AddressLimit {
  const { limits, clientAddress, audit } = options;
  const hits = new Counter({
    name: 'cfd_api_server_limit_hits_total',
    help: 'Requests refused by a limit',
    labelNames: ['limit'],
    registers: [options.metrics],
  });
  return (limit) => async (request) => {
    const block = addressBlock(clientAddress(request.raw));
    const { allowed, retryAfterMs } = await limits.consume(limit, block);
    if (allowed) return;
    hits.inc({ limit: limit.name });
    audit.recordFirst(
      {
        kind: 'limit-reached',
        subject: block,
        addressBlock: block,
        requestId: request.id,
        data: { limit: limit.name },
      },
      limit.durationMs,
    );
    throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
  };
}
