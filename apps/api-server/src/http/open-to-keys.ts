import type { Api } from './api.ts';
import { type Scope, scopeOf } from './principal.ts';
import { problemResponses } from './problem-responses.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must be allowed to do here; absent where keys are not taken. */
    scope?: Scope;
  }
}

/** Notes at each route, and in its documentation, that it takes API keys, where its hook says so. Call before the routes. */
export function openToKeys(app: Api): void {
  app.addHook('onRoute', (route) => {
    const scope = scopeOf(route);
    if (scope === undefined) return;
    route.config = { ...route.config, scope };
    route.schema = {
      ...route.schema,
      security: [{ session: [] }, { apiKey: [scope] }],
      response: withRefusals((route.schema?.response ?? {}) as Responses),
    };
  });
}

type Responses = Readonly<Record<string, { readonly description?: string }>>;

function withRefusals(responses: Responses): Responses {
  const refusals = problemResponses('session-required', 'signature-incorrect', 'scope-missing', 'too-many-requests');
  const merged = Object.entries(refusals as Responses).map(([status, refusal]) => {
    const codes = [responses[status], refusal].flatMap((one) => one?.description?.split(', ') ?? []);
    return [status, { ...refusal, description: [...new Set(codes)].join(', ') }] as const;
  });
  return { ...responses, ...Object.fromEntries(merged) };
}
