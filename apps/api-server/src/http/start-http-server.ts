import type { AccountFinder, BookReader, FirstAnswerReader } from '@repo/db';
import type { RateLimiter } from '@repo/redis';
import type { Health, Logger, Registry } from '@repo/service';
import type { ApiKeys } from '../api-keys/api-keys.ts';
import type { SignedRequests } from '../api-keys/signed-requests.ts';
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
import { AccountOpener } from '../trading/account-opener.ts';
import type { Accounts } from '../trading/accounts.ts';
import { createBookNow } from '../trading/book-now.ts';
import type { FirstAccounts } from '../trading/first-accounts.ts';
import { MoneyCommands } from '../trading/money-commands.ts';
import { NamedCommands } from '../trading/named-commands.ts';
import { OrderPlacer } from '../trading/order-placer.ts';
import { PositionCloser } from '../trading/position-closer.ts';
import type { TradeCommands } from '../trading/trade-commands.ts';
import { createAddressLimit } from './address-limit.ts';
import { API_PREFIX } from './api.ts';
import type { ClientAddress } from './client-address.ts';
import { createCountCommand } from './count-command.ts';
import { createHttpServer } from './create-http-server.ts';
import { createOwn } from './own.ts';
import { createPrincipals } from './principal.ts';
import { createRequestGuard } from './request-guards.ts';
import { addAccountCommandRoutes } from './routes/account-command-routes.ts';
import { addAccountRoutes } from './routes/account-routes.ts';
import { addApiKeyRoutes } from './routes/api-key-routes.ts';
import { addHistoryRoutes } from './routes/history-routes.ts';
import { addMarketRoutes } from './routes/market-routes.ts';
import { addOperationRoutes } from './routes/operation-routes.ts';
import { addOrderCommandRoutes } from './routes/order-command-routes.ts';
import { addPositionCommandRoutes } from './routes/position-command-routes.ts';
import { addSessionRoutes } from './routes/session-routes.ts';
import { addSignUpRoutes } from './routes/sign-up-routes.ts';
import { addStatementRoutes } from './routes/statement-routes.ts';
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
  readonly apiKeys: ApiKeys;
  readonly signedRequests: SignedRequests;
  readonly cookies: SessionCookies;
  readonly board: PriceBoard;
  readonly candles: CandleBoard;
  readonly accounts: Accounts;
  readonly firstAccounts: FirstAccounts;
  readonly finder: AccountFinder;
  readonly books: BookReader;
  readonly commands: TradeCommands;
  readonly answers: FirstAnswerReader;
  readonly health: Health;
  readonly mailbox: Mailbox | undefined;
}

/** Puts the routes on the server and listens. */
export async function startHttpServer(
  options: StartHttpServerOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { config, logger, metrics, clientAddress, audit, limits, sessions, cookies } = options;
  const { accounts, finder, books, commands, answers } = options;
  const addressLimit = createAddressLimit({ limits: options.rateLimiter, hits: options.limitHits, clientAddress });
  const replies = createSessionReplies({ sessions, cookies });
  const shared = { clientAddress, addressLimit, limits, replies };
  const principals = createPrincipals({ sessions, cookies, signedRequests: options.signedRequests, clientAddress });
  const own = createOwn({ accounts, principals });
  const countCommand = createCountCommand({
    limiter: options.rateLimiter,
    limit: limits.orders,
    hits: options.limitHits,
    clientAddress,
  });
  const bookNow = createBookNow({ books, board: options.board });
  const named = new NamedCommands({ commands, answers });
  const trading = { principals, own, countCommand, commands, books, bookNow };
  const app = await createHttpServer({
    logger,
    metrics,
    allowedOrigins: config.WEB_ORIGINS,
    secure: options.secure,
    accessCookie: options.secure ? '__Host-access' : 'access',
    guard: createRequestGuard({ allowedOrigins: config.WEB_ORIGINS, clientAddress, audit, cookies }),
    routes: [
      {
        prefix: API_PREFIX,
        add: (api) => {
          addSignUpRoutes(api, {
            ...shared,
            signUp: options.signUp,
            onSignedUp: (userId) => options.firstAccounts.openSoon(userId),
            codeSeconds: config.OTP_SECONDS,
            resendAfterSeconds: Math.ceil(60 / config.OTP_SENDS_PER_MINUTE),
          });
          addSessionRoutes(api, { ...shared, sessions, cookies, principals });
          addApiKeyRoutes(api, {
            apiKeys: options.apiKeys,
            sessions,
            cookies,
            clientAddress,
            rateLimiter: options.rateLimiter,
            limitHits: options.limitHits,
            limits,
          });
          addMarketRoutes(api, { board: options.board, candles: options.candles });
          addAccountRoutes(api, { principals, own, accounts, bookNow });
          addHistoryRoutes(api, { principals, own, books });
          addStatementRoutes(api, { principals, own, books });
          addAccountCommandRoutes(api, {
            ...trading,
            opener: new AccountOpener({ commands, accounts }),
            money: new MoneyCommands({ named, finder }),
          });
          addOrderCommandRoutes(api, { ...trading, orders: new OrderPlacer({ commands, answers }) });
          addPositionCommandRoutes(api, { ...trading, closer: new PositionCloser({ commands, named, finder }) });
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
