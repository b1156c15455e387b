import { EmptyBodySchema, MeSchema, SessionStartedSchema, SigninSchema } from '@repo/schemas';
import { z } from 'zod';
import type { Limits } from '../../limits/limits.ts';
import type { SessionCookies } from '../../sessions/session-cookies.ts';
import { createSessionSeed } from '../../sessions/session-seed.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import type { AddressLimit } from '../address-limit.ts';
import type { Api } from '../api.ts';
import { addressBlock, type ClientAddress } from '../client-address.ts';
import type { Principals } from '../principal.ts';
import { ProblemError } from '../problem-error.ts';
import { problemResponses, problemResponsesWithBody } from '../problem-responses.ts';
import { type SessionReplies, userOf } from '../session-replies.ts';

export interface SessionRoutesOptions {
  readonly sessions: Sessions;
  readonly cookies: SessionCookies;
  readonly principals: Principals;
  readonly replies: SessionReplies;
  readonly clientAddress: ClientAddress;
  readonly addressLimit: AddressLimit;
  readonly limits: Limits;
}

export function addSessionRoutes(api: Api, options: SessionRoutesOptions): void {
  const { sessions, cookies, principals, replies, clientAddress, addressLimit, limits } = options;

  api.post(
    '/signin',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in',
        description:
          'Starts a new session and ends the one that the browser had. Whatever is wrong, the answer is one.',
        body: SigninSchema,
        response: {
          200: SessionStartedSchema,
          ...problemResponsesWithBody('credentials-incorrect', 'too-many-requests', 'too-busy', 'service-unavailable'),
        },
      },
      preHandler: addressLimit(limits.signin),
    },
    async (request, reply) => {
      const seed = createSessionSeed(request.headers['user-agent'], addressBlock(clientAddress(request.raw)));
      const session = await sessions.signIn({ ...request.body, seed, requestId: request.id });
      if (session === undefined) throw new ProblemError('credentials-incorrect');
      return replies.start(request, reply, session);
    },
  );

  api.post(
    '/refresh',
    {
      schema: {
        tags: ['session'],
        summary: 'Renew the session',
        description: 'Uses up the refresh cookie and sets new ones. A cookie used twice ends the session.',
        body: EmptyBodySchema,
        response: {
          200: SessionStartedSchema,
          ...problemResponsesWithBody('session-required', 'too-many-requests', 'too-busy', 'service-unavailable'),
        },
      },
      preHandler: addressLimit(limits.refresh),
    },
    async (request, reply) => {
      const session = await sessions.refresh(cookies.read(request.headers.cookie).refresh);
      if (session === undefined) {
        cookies.clear(reply);
        throw new ProblemError('session-required');
      }
      return replies.renew(reply, session);
    },
  );

  api.post(
    '/logout',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign out',
        description: 'Ends the session everywhere at once. Without a session there is nothing to do, and that is fine.',
        body: EmptyBodySchema,
        response: {
          204: z.undefined().describe('Signed out'),
          ...problemResponsesWithBody('too-busy', 'service-unavailable'),
        },
      },
    },
    async (request, reply) => {
      await sessions.endAllOf(cookies.read(request.headers.cookie));
      cookies.clear(reply);
      return reply.code(204).send();
    },
  );

  api.get(
    '/me',
    {
      schema: {
        tags: ['session'],
        summary: 'Who is signed in, or whose key this is',
        response: { 200: MeSchema, ...problemResponses('session-required', 'service-unavailable') },
      },
      preValidation: principals.require('read'),
    },
    async (request) => ({ user: userOf(principals.of(request)) }),
  );
}
