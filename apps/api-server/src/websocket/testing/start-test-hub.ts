import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AccountRecord } from '@repo/db';
import { EmbeddedBroker, ensureTopics, type Kafka, partitionOfKey, publish } from '@repo/kafka';
import { createEmbeddedRedis } from '@repo/redis';
import { type PriceUpdate, tradeShards } from '@repo/schemas';
import { createLogger, createMetrics, type Registry } from '@repo/service';
import { createCandleBoard } from '../../prices/candle-board.ts';
import { createPriceBoard, type PriceBoard } from '../../prices/price-board.ts';
import { AccountBoard, type AccountBoardOptions } from '../../trading/account-board.ts';
import { startWebSocketServer, type WebSocketServerOptions } from '../start-websocket-server.ts';

export const testOrigin = 'https://trade.example.com';

export interface TestHub {
  readonly port: number;
  readonly url: string;
  readonly board: PriceBoard;
  readonly metrics: Registry;
  readonly broker: EmbeddedBroker;
  /** The log, to tell events of trading on. */
  readonly kafka: Kafka;
  /** The accounts of each user, oldest first. */
  readonly accounts: Map<string, string[]>;
  /** Reads an account from the books; there are none unless told. */
  loadAccount: AccountBoardOptions['loadAccount'];
  /** Sessions that are over, by id. */
  readonly endedSessions: Set<string>;
  /** How often somebody asked whether a session is active. */
  sessionChecks: number;
  /** Makes the session store fail. */
  storeAway: boolean;
  /** Publishes a quote on the topic; resolves when the board has it. */
  quote(asset: string, change?: Partial<PriceUpdate>): Promise<PriceUpdate>;
  endSession(sessionId: string): void;
  /** The sum of a metric's series. */
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

/** The hub on real boards and the embedded log. A session cookie is `session=USER/SESSION`. */
export async function startTestHub(
  options: Partial<Pick<WebSocketServerOptions, 'port' | 'settings' | 'onRefused'>> &
    Partial<Pick<AccountBoardOptions, 'figuresMs' | 'reloadMs'>> & {
      /** What the hub reads the log through, if not the broker itself. */
      readonly kafka?: Kafka;
    } = {},
): Promise<TestHub> {
  const logger = createLogger({ level: 'silent' });
  const metrics = createMetrics();
  const broker = new EmbeddedBroker();
  const kafka = options.kafka ?? broker.connect();
  await ensureTopics(kafka);
  const redis = createEmbeddedRedis();
  const board = await createPriceBoard({ kafka, prices: redis.prices, logger, metrics });
  const candles = createCandleBoard({ board, candles: { findCandles: async () => [] }, logger });
  const { figuresMs, reloadMs, port, settings, onRefused } = options;
  const accountBoard = new AccountBoard({
    kafka,
    board,
    loadAccount: (accountId) => hub.loadAccount(accountId),
    logger,
    metrics,
    ...(figuresMs !== undefined && { figuresMs }),
    ...(reloadMs !== undefined && { reloadMs }),
  });
  await accountBoard.ready;
  let sequence = 0;

  const hub: TestHub = {
    get port() {
      return server.port;
    },
    get url() {
      return `ws://127.0.0.1:${server.port}/`;
    },
    board,
    metrics,
    broker,
    kafka,
    accounts: new Map(),
    loadAccount: async () => undefined,
    endedSessions: new Set(),
    sessionChecks: 0,
    storeAway: false,
    quote: async (asset, change = {}) => {
      sequence += 1;
      const update = testUpdate(asset, sequence, change);
      const taken = new Promise<void>((resolve) => {
        const stop = board.onUpdate((seen) => {
          if (seen.id !== update.id) return;
          stop();
          resolve();
        });
      });
      await publish(kafka, 'price-updates', asset, update);
      await taken;
      return update;
    },
    endSession: (sessionId) => server.endSession(sessionId),
    metric: async (name) => {
      const metric = await (
        metrics.getSingleMetric(`cfd_api_server_websocket_${name}`) ?? metrics.getSingleMetric(name)
      )?.get();
      return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
    },
    close: async () => {
      await server.close();
      await candles.close();
      await accountBoard.close();
      await board.close();
      await kafka.close();
      await redis.close();
    },
  };

  function authenticate(request: IncomingMessage) {
    if (hub.storeAway) return Promise.reject(new Error('the session store is away'));
    const [, userId, sessionId] = /session=([^/]+)\/([^;]+)/.exec(request.headers.cookie ?? '') ?? [];
    return Promise.resolve(userId === undefined || sessionId === undefined ? undefined : { userId, sessionId });
  }

  const accountsOf = (userId: string): AccountRecord[] =>
    (hub.accounts.get(userId) ?? []).map((id) => ({
      id,
      userId,
      shard: partitionOfKey(id, tradeShards),
      mode: 'hedging',
      profile: 'professional',
      openedAt: 0,
    }));

  const server = await startWebSocketServer({
    host: '127.0.0.1',
    port: port ?? 0,
    ...(onRefused !== undefined && { onRefused }),
    allowedOrigins: [testOrigin],
    board,
    candles,
    accountBoard,
    accounts: {
      owned: async (userId, id) => accountsOf(userId).find((account) => account.id === id),
      defaultOf: async (userId) => accountsOf(userId)[0] ?? assert.fail('the user has no account'),
    },
    authenticate,
    isSessionActive: async (_, sessionId) => {
      hub.sessionChecks += 1;
      if (hub.storeAway) throw new Error('the session store is away');
      return !hub.endedSessions.has(sessionId);
    },
    clientAddress: (request) => request.socket.remoteAddress ?? '',
    // Without an interval every quote is a frame, and out before the next one comes.
    settings: { flushIntervalMs: 0, ...settings },
    logger,
    metrics,
  });
  return hub;
}

export function testUpdate(asset: string, sequence: number, change: Partial<PriceUpdate> = {}): PriceUpdate {
  const at = Date.now();
  return {
    id: randomUUID(),
    at,
    asset,
    price: 100 + sequence / 100,
    timestamp: at,
    bid: (99.99 + sequence / 100).toFixed(2),
    ask: (100.01 + sequence / 100).toFixed(2),
    status: 'live',
    source: 'simulated',
    sequence,
    ...change,
  };
}
