import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { Logger, Registry } from '@repo/service';
import Fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { keepBodyHash } from '../api-keys/body-hash.ts';
import { isSigned } from '../api-keys/signed-requests.ts';
import { API_PREFIX, type Api } from './api.ts';
import { measureRequests } from './http-metrics.ts';
import { openToKeys } from './open-to-keys.ts';
import { documentApi } from './openapi.ts';
import { ProblemError } from './problem-error.ts';
import { refuseMalformed } from './refuse-malformed.ts';
import type { createRequestGuard } from './request-guards.ts';
import { sendProblem } from './send-problem.ts';
import { parseStrictJson } from './strict-json.ts';
import { traceRequests } from './trace-requests.ts';

const BODY_BYTES_MAX = 16 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 30_000;
const CONNECTIONS_MAX = 10_000;
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'] as const;

export interface HttpServerOptions {
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly allowedOrigins: readonly string[];
  readonly secure: boolean;
  readonly accessCookie: string;
  readonly guard: ReturnType<typeof createRequestGuard>;
  /** Adds the routes of a prefix. */
  readonly routes: readonly { readonly prefix: string; readonly add: (api: Api) => void }[];
}

/** The HTTP server with everything that holds for all routes; not yet listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<Api> {
  const loggerInstance: FastifyBaseLogger = options.logger;
  const app: Api = Fastify({
    loggerInstance,
    // Fastify's own request lines hold URLs and headers; ours, in measureRequests, do not.
    logController: new LogController({ disableRequestLogging: true }),
    // Lines say by themselves which request they are about: a child logger would say it twice.
    childLoggerFactory: (logger) => logger,
    // A client's own request id could be anything, in every log line.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      connectionsCheckingInterval: 1_000,
    },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = CONNECTIONS_MAX;

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (isSigned(request.headers)) keepBodyHash(request, body);
    return parseStrictJson(body);
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(app, request.url.split('?')[0] ?? '');
    if (allowed.length === 0) return sendProblem(new ProblemError('not-found'), request, reply);
    return sendProblem(new ProblemError('method-not-allowed'), request, reply.header('allow', allowed.join(', ')));
  });

  traceRequests(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.url.startsWith(API_PREFIX)) reply.header('cache-control', 'no-store');
  });
  measureRequests(app, options.metrics);
  await addBrowserHeaders(app, options);
  await app.register(cookie, { hook: false });
  app.addHook('onRequest', async (request) => options.guard(request));

  await documentApi(app, options);
  openToKeys(app);
  for (const { prefix, add } of options.routes) {
    await app.register(async (api) => add(api.withTypeProvider<ZodTypeProvider>()), { prefix });
  }
  await app.ready();
  return app;
}

async function addBrowserHeaders(app: Api, options: HttpServerOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    strictTransportSecurity: options.secure ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    crossOriginResourcePolicy: { policy: 'same-site' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  await app.register(cors, {
    origin: [...options.allowedOrigins],
    credentials: true,
    methods: [...METHODS],
    allowedHeaders: ['content-type'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: 600,
    strictPreflight: false,
  });
}

function methodsOf(app: Api, url: string): readonly string[] {
  return METHODS.filter((method) => app.hasRoute({ method, url }));
}
