import { randomUUID } from 'node:crypto';
import { apiServerConfigSchema, createMailbox, startApiServer } from '@repo/api-server';
import { Browser } from '@repo/api-server/testing';
import { type DatabaseHandle, openDatabase } from '@repo/db';
import { startTestDatabase, type TestDatabase } from '@repo/db/testing';
import { dbProcessorConfigSchema, startDbProcessor } from '@repo/db-processor';
import { EmbeddedBroker, ensureTopics, type Kafka, publish } from '@repo/kafka';
import { createEmbeddedRedis } from '@repo/redis';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger, createSecrets, loadConfig, type RunningService } from '@repo/service';
import { startTradingEngine, tradingEngineConfigSchema } from '@repo/trading-engine';

const ORIGIN = 'http://localhost:3000';
/** More often than any price goes stale. */
const REPEAT_MS = 1_000;

/** What trades, with prices that the test gives and an engine that it can stop. */
export interface TradingStack {
  readonly url: string;
  readonly wsUrl: string;
  readonly origin: string;
  readonly kafka: Kafka;
  readonly broker: EmbeddedBroker;
  readonly database: TestDatabase;
  /** As the engine has it. */
  readonly books: DatabaseHandle;
  readonly apiServer: RunningService;
  /** A live price, told again each second; or, with another status, told once. */
  price(asset: string, bid: string, ask: string, status?: PriceUpdate['status']): Promise<void>;
  startEngine(): Promise<void>;
  stopEngine(): Promise<void>;
  /** A browser whose new user has just signed up. */
  signedUp(email: string): Promise<Browser>;
  logs(): string;
  stop(): Promise<void>;
}

/** PostgreSQL, an embedded message log, db-processor, trading engine and api-server, without a poller. */
export async function startTradingStack(environment: Record<string, string> = {}): Promise<TradingStack> {
  const secrets = await createSecrets();
  const settings = {
    WEB_ORIGINS: ORIGIN,
    SHARE_INTERVAL_MS: '50',
    SHARD_LEASE_MS: '1000',
    SIGNUPS_PER_10_MINUTES: '1000000',
    CODE_TRIES_PER_10_SECONDS: '1000000',
    ...environment,
    ...secrets,
  };
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const database = await startTestDatabase();
  const open = (role: Parameters<TestDatabase['url']>[0]) => openDatabase(database.url(role));
  const [forUsers, forApi, books] = [open('db_processor'), open('api_server'), open('trading_engine')];
  const broker = new EmbeddedBroker();
  const kafka = broker.connect();
  await ensureTopics(kafka);
  const redis = createEmbeddedRedis();
  const mailbox = createMailbox();
  const config = loadConfig(dbProcessorConfigSchema, settings);
  const dbProcessor = await startDbProcessor({ config, logger, kafka, database: forUsers });
  const apiServer = await startApiServer({
    config: { ...loadConfig(apiServerConfigSchema, settings), HTTP_PORT: 0, WS_PORT: 0 },
    logger,
    kafka,
    redis,
    database: forApi,
    mailer: mailbox,
    mailbox,
  });
  const url = `http://127.0.0.1:${apiServer.httpPort}`;

  const repeated = new Map<string, readonly [bid: string, ask: string]>();
  let sequence = 0;
  const tell = (asset: string, bid: string, ask: string, status: PriceUpdate['status']) => {
    sequence += 1;
    const at = Date.now();
    const price = (Number(bid) + Number(ask)) / 2;
    const update = { id: randomUUID(), at, asset, price, timestamp: at, bid, ask, status, source: 'replay', sequence };
    return publish(kafka, 'price-updates', asset, update as PriceUpdate);
  };
  const timer = setInterval(() => {
    for (const [asset, [bid, ask]] of repeated) void tell(asset, bid, ask, 'live').catch(() => undefined);
  }, REPEAT_MS);

  let engine: { readonly service: RunningService; readonly kafka: Kafka } | undefined;
  const stopEngine = async () => {
    await engine?.service.stop();
    await engine?.kafka.close();
    engine = undefined;
  };
  const startEngine = async () => {
    const engineKafka = broker.connect();
    const engineConfig = loadConfig(tradingEngineConfigSchema, settings);
    const service = await startTradingEngine({ config: engineConfig, logger, kafka: engineKafka, database: books });
    engine = { service, kafka: engineKafka };
  };
  await startEngine();

  return {
    url,
    wsUrl: `ws://127.0.0.1:${apiServer.wsPort}`,
    origin: ORIGIN,
    kafka,
    broker,
    database,
    books,
    apiServer,
    async price(asset, bid, ask, status = 'live') {
      if (status === 'live') repeated.set(asset, [bid, ask]);
      else repeated.delete(asset);
      await tell(asset, bid, ask, status);
    },
    startEngine,
    stopEngine,
    async signedUp(email) {
      const browser = new Browser({ url, origin: ORIGIN });
      const answer = await browser.signUp(mailbox, email, 'five green parrots sing');
      if (answer.status !== 201) throw new Error(`sign-up answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return browser;
    },
    logs: () => lines.join(''),
    async stop() {
      clearInterval(timer);
      await apiServer.stop();
      await stopEngine();
      await dbProcessor.stop();
      await Promise.all([kafka.close(), redis.close(), forUsers.close(), forApi.close(), books.close()]);
      await database.close();
    },
  };
}
