import type { RateLimiter } from '@repo/redis';
import { ApiKeySchema, ApiKeysSchema, CreateApiKeySchema, IdSchema } from '@repo/schemas';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiKeys } from '../../api-keys/api-keys.ts';
import type { LimitHits } from '../../limits/limit-hits.ts';
import type { Limits } from '../../limits/limits.ts';
import { retryAfterSeconds } from '../../limits/retry-after.ts';
import type { SessionCookies } from '../../sessions/session-cookies.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import type { Api } from '../api.ts';
import { addressBlock, type ClientAddress } from '../client-address.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponses, problemResponsesWithBody } from '../problem-responses.ts';

export interface ApiKeyRoutesOptions {
  readonly apiKeys: ApiKeys;
  readonly sessions: Sessions;
  readonly cookies: SessionCookies;
  readonly clientAddress: ClientAddress;
  readonly rateLimiter: RateLimiter;
  readonly limitHits: LimitHits;
  readonly limits: Limits;
}

/** For people alone: a key that could make keys would outlive its own revocation. */
export function addApiKeyRoutes(api: Api, options: ApiKeyRoutesOptions): void {
  const { apiKeys, sessions, cookies, clientAddress, rateLimiter, limitHits, limits } = options;
  const users = new WeakMap<FastifyRequest, string>();

  async function demandSession(request: FastifyRequest): Promise<void> {
    const session = await sessions.find(cookies.read(request.headers.cookie).access);
    if (session === undefined) throw new ProblemError('session-required');
    users.set(request, session.user.userId);
  }
  function userOf(request: FastifyRequest): string {
    const userId = users.get(request);
    if (userId === undefined) throw new Error('the route does not demand a session');
    return userId;
  }

  const blockOf = (request: FastifyRequest) => addressBlock(clientAddress(request.raw));

  async function limitChanges(request: FastifyRequest): Promise<void> {
    const limit = limits.apiKeyChanges;
    const subject = userOf(request);
    const { allowed, retryAfterMs } = await rateLimiter.consume(limit, subject);
    if (allowed) return;
    limitHits.report({ limit, subject, addressBlock: blockOf(request), requestId: request.id });
    throw new ProblemError('too-many-requests', { retryAfterSeconds: retryAfterSeconds(retryAfterMs) });
  }

  const security = [{ session: [] }];

  api.post(
    '/api-keys',
    {
      schema: {
        tags: ['api-keys'],
        summary: 'Make an API key',
        description:
          'For a program that signs its requests. The private key stays with the program; the server is given the public one.',
        security,
        body: CreateApiKeySchema,
        response: {
          201: ApiKeySchema,
          ...problemResponsesWithBody(
            'session-required',
            'api-keys-limit',
            'too-many-requests',
            'too-busy',
            'service-unavailable',
          ),
        },
      },
      preValidation: demandSession,
      preHandler: limitChanges,
    },
    async (request, reply) =>
      reply.code(201).send(await apiKeys.create(userOf(request), request.body, blockOf(request))),
  );

  api.get(
    '/api-keys',
    {
      schema: {
        tags: ['api-keys'],
        summary: 'The API keys that are not revoked, newest first',
        security,
        response: { 200: ApiKeysSchema, ...problemResponses('session-required', 'service-unavailable') },
      },
      preValidation: demandSession,
    },
    async (request) => ({ items: [...(await apiKeys.list(userOf(request)))] }),
  );

  api.delete(
    '/api-keys/:id',
    {
      schema: {
        tags: ['api-keys'],
        summary: 'Revoke an API key',
        description: 'Within two seconds nothing takes it any more.',
        security,
        params: z.strictObject({ id: IdSchema }),
        response: {
          204: z.undefined().describe('Revoked'),
          ...problemResponses(
            'invalid-request',
            'origin-not-allowed',
            'session-required',
            'not-found',
            'too-many-requests',
            'too-busy',
            'service-unavailable',
          ),
        },
      },
      preValidation: demandSession,
      preHandler: limitChanges,
    },
    async (request, reply) => {
      await apiKeys.revoke(userOf(request), request.params.id, blockOf(request));
      return reply.code(204).send();
    },
  );
}
