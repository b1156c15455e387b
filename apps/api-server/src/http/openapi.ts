import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Api } from './api.ts';
import { type OpenApiDocument, pruneComponents } from './prune-components.ts';

const description = `The only door for clients of CFD-Broker.

Refusals are \`application/problem+json\` (RFC 9457) with a stable \`code\`. A session lives in two cookies that the
browser keeps; a request that changes something needs \`content-type: application/json\` and an allowed \`Origin\`.
Prices as they move are on the WebSocket: see the project's documentation.`;

/** Registers `/openapi.json` and `/docs`, both made from the schemas that validate. Call before the routes. */
export async function documentApi(app: Api, options: { readonly accessCookie: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'CFD-Broker', version: '1', description },
      tags: [
        { name: 'sign-up', description: 'From an address and a password to an account' },
        { name: 'session', description: 'Signing in, staying in, signing out' },
        { name: 'market', description: 'Instruments, prices, candles' },
        { name: 'operation', description: 'Health, and the mailbox of the standalone profile' },
      ],
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: options.accessCookie } },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => pruneComponents(jsonSchemaTransformObject(document) as OpenApiDocument),
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // The page may only read: what it posted would come from an origin that is not the web app's.
    uiConfig: { supportedSubmitMethods: ['get'] },
    staticCSP: {
      'default-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'img-src': "'self' data:",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
    },
  });
  app.get(
    '/openapi.json',
    { schema: { hide: true, response: { 200: z.record(z.string(), z.unknown()) } } },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
}
