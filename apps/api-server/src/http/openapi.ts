import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { signatureHeaders } from '@repo/schemas';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Api } from './api.ts';
import { type OpenApiDocument, pruneComponents } from './prune-components.ts';

const description = `The only door for clients of CFD-Broker.

Refusals are \`application/problem+json\` (RFC 9457) with a stable \`code\`. A session lives in two cookies that the
browser keeps; a request that changes something needs \`content-type: application/json\` and an allowed \`Origin\`.
A program signs its requests with an API key instead, where \`apiKey\` is named, and needs no \`Origin\`.
Prices, candles and accounts as they change are on the WebSocket: see the project's documentation.`;

const signing = `Ed25519 in base64url, over seven lines joined by line feeds: \`cfd-broker-v1\`, the method, the path with its
query as it is sent, the values of the headers \`${signatureHeaders.keyId}\` (id of the key),
\`${signatureHeaders.timestamp}\` (ms since the epoch) and \`${signatureHeaders.nonce}\` (a new UUID, or 16 to 48 random
bytes in base64url), and the SHA-256 of the body in hex. The role that an operation names is the scope that the key needs.`;

/** Registers `/openapi.json` and `/docs`, both made from the schemas that validate. Call before the routes. */
export async function documentApi(app: Api, options: { readonly accessCookie: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'CFD-Broker', version: '1', description },
      tags: [
        { name: 'sign-up', description: 'From an address and a password to an account' },
        { name: 'session', description: 'Signing in, staying in, signing out' },
        { name: 'api-keys', description: 'Keys for programs' },
        { name: 'market', description: 'Instruments, prices, candles' },
        { name: 'trading', description: 'Accounts, orders and positions, and what became of them' },
        { name: 'history', description: 'Closed positions, fills, the ledger, statements' },
        { name: 'operation', description: 'Health, and the mailbox of the standalone profile' },
      ],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: options.accessCookie },
          apiKey: { type: 'apiKey', in: 'header', name: signatureHeaders.signature, description: signing },
        },
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
