import type { RateLimiter } from '@repo/redis';
import type { Health, Logger, Registry } from '@repo/service';
import type { AuditLog } from '../audit/audit-log.ts';
import type { ApiServerConfig } from '../config.ts';
import type { LimitHits } from '../limits/limit-hits.ts';
import type { Limits } from '../limits/limits.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import type { SessionCookies } from '../sessions/session-cookies.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { SignUp } from '../sign-up/sign-up.ts';
import { createAddressLimit } from './address-limit.ts';
import { API_PREFIX } from './api.ts';
import type { ClientAddress } from './client-address.ts';
import { createHttpServer } from './create-http-server.ts';
import { createRequestGuard } from './request-guards.ts';
import { addMarketRoutes } from './routes/market-routes.ts';
import { addOperationRoutes } from './routes/operation-routes.ts';
import { addSessionRoutes } from './routes/session-routes.ts';
import { addSignUpRoutes } from './routes/sign-up-routes.ts';
import { createSessionReplies } from './session-replies.ts';

/** How long requests in hand may take at a stop. */
const CLOSE_GRACE_MS = 5_000;

export interface StartHttpServerOptions {
  readonly config: ApiServerConfig;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly secure: boolean;
  readonly clientAddress: ClientAddress;
  readonly audit: AuditLog;
  readonly rateLimiter: RateLimiter;
  readonly limitHits: LimitHits;
  readonly limits: Limits;
  readonly sessions: Sessions;
  readonly signUp: SignUp;
  readonly cookies: SessionCookies;
  readonly board: PriceBoard;
  readonly candles: CandleBoard;
  readonly health: Health;
  readonly mailbox: Mailbox | undefined;
}

/** Puts the routes on the server and listens. */
export async function startHttpServer(
  options: StartHttpServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { config, logger, metrics, clientAddress, audit, limits, sessions, cookies } = options;
  const addressLimit = createAddressLimit({ limits: options.rateLimiter, hits: options.limitHits, clientAddress });
  const replies = createSessionReplies({ sessions, cookies });
  const shared = { clientAddress, addressLimit, limits, replies };
  const app = await createHttpServer({
    logger,
    metrics,
    allowedOrigins: config.WEB_ORIGINS,
    secure: options.secure,
    accessCookie: options.secure ? '__Host-access' : 'access',
    guard: createRequestGuard({ allowedOrigins: config.WEB_ORIGINS, clientAddress, audit }),
    routes: [
      {
        prefix: API_PREFIX,
        add: (api) => {
          addSignUpRoutes(api, {
            ...shared,
            signUp: options.signUp,
            codeSeconds: config.OTP_SECONDS,
            resendAfterSeconds: Math.ceil(60 / config.OTP_SENDS_PER_MINUTE),
          });
          addSessionRoutes(api, { ...shared, sessions, cookies });
          addMarketRoutes(api, { board: options.board, candles: options.candles });
        },
      },
      {
        prefix: '',
        add: (api) =>
          addOperationRoutes(api, {
            health: options.health,
            mailbox: options.mailbox,
            webHosts: config.WEB_ORIGINS.map((origin) => new URL(origin).hostname),
          }),
      },
    ],
  });
  await app.listen({ host: config.HOST, port: config.HTTP_PORT });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : config.HTTP_PORT,
    async close() {
      const impatience = setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS);
      await app.close();
      clearTimeout(impatience);
    },
  };
}
