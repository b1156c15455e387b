import type { ApiKeyScope, UserData } from '@repo/schemas';
import type { FastifyRequest, RouteOptions } from 'fastify';
import { bodyHashOf } from '../api-keys/body-hash.ts';
import { isSigned, type SignedRequests } from '../api-keys/signed-requests.ts';
import type { SessionCookies } from '../sessions/session-cookies.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { addressBlock, type ClientAddress } from './client-address.ts';
import { ProblemError } from './problem-error.ts';

/** What somebody may do: see his accounts, or act on them too. */
export type Scope = ApiKeyScope;

/** On whose behalf a request is made. */
export interface Principal {
  readonly userId: string;
  readonly user: UserData;
  readonly scopes: ReadonlySet<Scope>;
}

export interface Principals {
  /**
   * A `preValidation` hook: who may not do this learns nothing about what is wrong with his request. A route that has it
   * takes sessions, which may do all, and API keys that have the scope.
   */
  require(scope: Scope): (request: FastifyRequest) => Promise<void>;
  /** Of a request that has passed the hook. */
  of(request: FastifyRequest): Principal;
}

const everything: ReadonlySet<Scope> = new Set(['read', 'trade']);
const scopes = new WeakMap<object, Scope>();

/** The scope that a route requires of a key; none where keys are not taken. */
export function scopeOf({ preValidation }: Pick<RouteOptions, 'preValidation'>): Scope | undefined {
  return [preValidation].flat().flatMap((hook) => (hook && scopes.get(hook)) ?? [])[0];
}

/**
 * The hook throws `session-required` and `scope-missing`, and of a signed request `signature-incorrect` and
 * `too-many-requests`.
 */
export function createPrincipals(options: {
  readonly sessions: Sessions;
  readonly cookies: SessionCookies;
  readonly signedRequests: SignedRequests;
  readonly clientAddress: ClientAddress;
}): Principals {
  const { sessions, cookies, signedRequests, clientAddress } = options;
  const known = new WeakMap<FastifyRequest, Principal>();

  async function identify(request: FastifyRequest): Promise<Principal> {
    if (isSigned(request.headers)) {
      const { method, headers, id: requestId } = request;
      const key = await signedRequests.authenticate({
        method,
        // As it came: routers and proxies in between may read it in another way, and then the signature is wrong.
        url: request.raw.url ?? '',
        headers,
        bodyHash: bodyHashOf(request),
        addressBlock: addressBlock(clientAddress(request.raw)),
        requestId,
      });
      return { userId: key.user.userId, user: key.user, scopes: new Set(key.scopes) };
    }
    const session = await sessions.find(cookies.read(request.headers.cookie).access);
    if (session === undefined) throw new ProblemError('session-required');
    return { userId: session.user.userId, user: session.user, scopes: everything };
  }

  return {
    require(scope) {
      async function demandScope(request: FastifyRequest): Promise<void> {
        const principal = await identify(request);
        if (!principal.scopes.has(scope)) throw new ProblemError('scope-missing');
        known.set(request, principal);
      }
      scopes.set(demandScope, scope);
      return demandScope;
    },
    of(request) {
      const principal = known.get(request);
      if (principal === undefined) throw new Error(`${request.routeOptions.url} does not ask who is there`);
      return principal;
    },
  };
}
