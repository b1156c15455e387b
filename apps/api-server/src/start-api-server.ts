import type { IncomingMessage } from 'node:http';
import {
  createAccountFinder,
  createApiKeyReader,
  createBookReader,
  createCandleReader,
  createFirstAnswerReader,
  createSessionReader,
  type DatabaseHandle,
} from '@repo/db';
import type { Kafka } from '@repo/kafka';
import type { Redis } from '@repo/redis';
import {
  createMetrics,
  createSeal,
  Health,
  type Logger,
  type RunningService,
  Shutdown,
  watchDatabasePool,
} from '@repo/service';
import { ApiKeys } from './api-keys/api-keys.ts';
import { KeySessions, sessionIdOf } from './api-keys/key-sessions.ts';
import { KnownApiKeys } from './api-keys/known-api-keys.ts';
import { isSigned, SignedRequests } from './api-keys/signed-requests.ts';
import { AuditLog } from './audit/audit-log.ts';
import { type ApiServerConfig, areCookiesSecure } from './config.ts';
import { addressBlock, createClientAddress } from './http/client-address.ts';
import { startHttpServer } from './http/start-http-server.ts';
import { LimitHits } from './limits/limit-hits.ts';
import { createLimits } from './limits/limits.ts';
import { MailQueue } from './mail/mail-queue.ts';
import type { Mailbox } from './mail/mailbox.ts';
import type { Mailer } from './mail/mailer.ts';
import { createCandleBoard } from './prices/candle-board.ts';
import { createPriceBoard } from './prices/price-board.ts';
import { createAccessTokens } from './sessions/access-token.ts';
import { ActiveSessions } from './sessions/active-sessions.ts';
import { createRefreshTokens } from './sessions/refresh-token.ts';
import { createSessionCookies } from './sessions/session-cookies.ts';
import { Sessions } from './sessions/sessions.ts';
import { SigninThrottle } from './sessions/signin-throttle.ts';
import { SignUp } from './sign-up/sign-up.ts';
import { AccountBoard } from './trading/account-board.ts';
import { Accounts } from './trading/accounts.ts';
import { FirstAccounts } from './trading/first-accounts.ts';
import { TradeCommands } from './trading/trade-commands.ts';
import { AuthGate } from './user-store/auth-gate.ts';
import { UserRequests } from './user-store/user-requests.ts';
import { watchRedis } from './watch-redis.ts';
import { startWebSocketServer } from './websocket/start-websocket-server.ts';
import { createUpgradeAudit } from './websocket/upgrade-audit.ts';

export interface ApiServerOptions {
  readonly config: ApiServerConfig;
  readonly logger: Logger;
  readonly kafka: Kafka;
  readonly redis: Redis;
  /** As the role `api_server`. */
  readonly database: DatabaseHandle;
  readonly mailer: Mailer;
  /** When given, `GET /dev/mailbox` shows it. */
  readonly mailbox?: Mailbox;
}

export interface RunningApiServer extends RunningService {
  readonly httpPort: number;
  readonly wsPort: number;
}

/** Starts HTTP and WebSocket. Rejects, with nothing left running, when a port is taken. */
export async function startApiServer(options: ApiServerOptions): Promise<RunningApiServer> {
  const shutdown = new Shutdown(options.logger);
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(options: ApiServerOptions, shutdown: Shutdown): Promise<RunningApiServer> {
  const { config, logger, kafka, redis, database, mailer, mailbox } = options;
  const metrics = createMetrics();
  watchDatabasePool(metrics, 'api_server', database);
  watchRedis(metrics, redis);
  const limits = createLimits(config);
  const clientAddress = createClientAddress(config.TRUSTED_PROXIES);
  const secure = areCookiesSecure(config);
  const seal = await createSeal(config.SEALING_PUBLIC_KEY);
  const gate = new AuthGate({
    concurrencyMax: config.AUTH_CONCURRENCY_MAX,
    queueMax: config.AUTH_QUEUE_MAX,
    metrics,
  });

  const mails = new MailQueue({ mailer, logger, metrics, ageMaxMs: config.OTP_SECONDS * 1000 });
  shutdown.add('mails', () => mails.close());
  const audit = new AuditLog({ kafka, logger, metrics });
  const limitHits = new LimitHits({ audit, metrics });
  const users = new UserRequests({
    kafka,
    logger,
    metrics,
    timeoutMs: config.USER_STORE_TIMEOUT_MS,
    outstandingMax: config.USER_REQUESTS_OUTSTANDING_MAX,
  });
  shutdown.add('user requests', () => users.close());
  const commands = new TradeCommands({
    kafka,
    logger,
    metrics,
    timeoutMs: config.TRADE_TIMEOUT_MS,
    outstandingMax: config.TRADE_COMMANDS_OUTSTANDING_MAX,
  });
  shutdown.add('trade commands', () => commands.close());
  const firstAccounts = new FirstAccounts({ commands, logger, deposit: config.DEMO_BALANCE });
  const finder = createAccountFinder(database);
  const accounts = new Accounts({ finder, openFirst: (userId) => firstAccounts.open(userId) });
  const books = createBookReader(database);
  const board = await createPriceBoard({ kafka, prices: redis.prices, logger, metrics });
  shutdown.add('price board', () => board.close());
  const accountBoard = new AccountBoard({
    kafka,
    board,
    loadAccount: (accountId) => books.loadAccount(accountId),
    logger,
    metrics,
  });
  shutdown.add('account board', () => accountBoard.close());
  const candles = createCandleBoard({ board, candles: createCandleReader(database), logger });
  shutdown.add('candle board', () => candles.close());

  let endConnections = (_sessionId: string): void => {};
  const active = new ActiveSessions({ cache: redis.sessions, reader: createSessionReader(database) });
  const sessions = new Sessions({
    active,
    users,
    gate,
    mails,
    audit,
    seal,
    throttle: new SigninThrottle({
      limits: redis.limits,
      failuresMax: config.SIGNIN_FAILURES_MAX,
      waitSecondsMin: config.SIGNIN_WAIT_SECONDS_MIN,
      waitSecondsMax: config.SIGNIN_WAIT_SECONDS_MAX,
    }),
    accessTokens: await createAccessTokens({ secret: config.JWT_SECRET, lifetimeSeconds: config.ACCESS_TOKEN_SECONDS }),
    refreshTokens: createRefreshTokens(config.REFRESH_SECRET),
    onEnd: (sessionId) => endConnections(sessionId),
  });
  const signUp = new SignUp({
    otps: redis.otps,
    limits: redis.limits,
    hits: limitHits,
    users,
    gate,
    mails,
    audit,
    seal,
    otpSecret: config.OTP_SECRET,
    otpTtlMs: config.OTP_SECONDS * 1000,
    tries: { attemptsMax: config.OTP_TRIES, attemptsWindowMs: config.OTP_TRIES_WINDOW_SECONDS * 1000 },
    codeSends: limits.codeSends,
  });
  const cookies = createSessionCookies({ secure, accessSeconds: config.ACCESS_TOKEN_SECONDS });
  const apiKeyReader = createApiKeyReader(database);
  const known = new KnownApiKeys(apiKeyReader);
  const onRevoked = (keyId: string) => endConnections(sessionIdOf(keyId));
  const apiKeys = new ApiKeys({ users, reader: apiKeyReader, known, onRevoked });
  const signedRequests = new SignedRequests({
    keys: known,
    nonces: redis.nonces,
    rateLimiter: redis.limits,
    limits,
    hits: limitHits,
    audit,
    cookies,
    windowMs: config.API_KEY_WINDOW_SECONDS * 1000,
  });
  const health = createHealth({ kafka, redis, database });
  await Promise.all([users.ready, commands.ready, accountBoard.ready]);

  const block = (request: IncomingMessage) => addressBlock(clientAddress(request));
  const keySessions = new KeySessions({ signedRequests, known, addressBlock: block });
  const sockets = await startWebSocketServer({
    host: config.HOST,
    port: config.WS_PORT,
    allowedOrigins: config.WEB_ORIGINS,
    board,
    candles,
    accountBoard,
    accounts,
    authenticate: async (request) => {
      if (isSigned(request.headers)) return keySessions.open(request);
      const session = await sessions.find(cookies.read(request.headers.cookie).access);
      return session && { userId: session.user.userId, sessionId: session.sessionId };
    },
    isSessionActive: async (userId, sessionId) =>
      (await keySessions.isActive(sessionId)) ?? (await active.find(userId, sessionId)) !== undefined,
    clientAddress: block,
    onRefused: createUpgradeAudit({ audit, addressBlock: block }),
    settings: {
      flushIntervalMs: config.WS_FLUSH_INTERVAL_MS,
      connectionsMax: config.WS_CONNECTIONS_MAX,
      connectionsPerAddressMax: config.WS_CONNECTIONS_PER_ADDRESS_MAX,
    },
    logger,
    metrics,
  });
  shutdown.add('WebSocket server', () => sockets.close());
  endConnections = (sessionId) => sockets.endSession(sessionId);

  const http = await startHttpServer({
    config,
    logger,
    metrics,
    secure,
    clientAddress,
    audit,
    rateLimiter: redis.limits,
    limitHits,
    limits,
    sessions,
    signUp,
    apiKeys,
    signedRequests,
    cookies,
    board,
    candles,
    accounts,
    firstAccounts,
    finder,
    books,
    commands,
    answers: createFirstAnswerReader(database),
    health,
    mailbox,
  });
  shutdown.add('HTTP server', () => http.close());
  shutdown.add('readiness', async () => health.stopping());
  logger.info({ httpPort: http.port, wsPort: sockets.port }, 'api-server started');

  return {
    name: 'api-server',
    health,
    metrics,
    httpPort: http.port,
    wsPort: sockets.port,
    stop: () => shutdown.run(),
  };
}

// Mail is not among them: without it sign-up answers 503 by itself, and prices and sessions must go on.
function createHealth(options: {
  readonly kafka: Kafka;
  readonly redis: Redis;
  readonly database: DatabaseHandle;
}): Health {
  const health = new Health();
  health.add('kafka', () => options.kafka.ping());
  health.add('redis', () => options.redis.ping());
  health.add('database', () => options.database.ping());
  return health;
}
