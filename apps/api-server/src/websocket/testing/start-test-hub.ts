import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createEmbeddedKafka, ensureTopics, publish } from '@repo/kafka';
import { createEmbeddedRedis } from '@repo/redis';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger, createMetrics, type Registry } from '@repo/service';
import { createCandleBoard } from '../../prices/candle-board.ts';
import { createPriceBoard, type PriceBoard } from '../../prices/price-board.ts';
import { startWebSocketServer, type WebSocketServerOptions } from '../start-websocket-server.ts';

export const testOrigin = 'https://trade.example.com';

export interface TestHub {
  readonly port: number;
  readonly url: string;
  readonly board: PriceBoard;
  readonly metrics: Registry;
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
  options: Partial<Pick<WebSocketServerOptions, 'port' | 'settings' | 'onRefused'>> = {},
): Promise<TestHub> {
  const logger = createLogger({ level: 'silent' });
  const metrics = createMetrics();
  const kafka = createEmbeddedKafka();
  await ensureTopics(kafka);
  const redis = createEmbeddedRedis();
  const board = await createPriceBoard({ kafka, prices: redis.prices, logger, metrics });
  const candles = createCandleBoard({ board, candles: { findCandles: async () => [] }, logger });
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
      const metric = await metrics.getSingleMetric(`cfd_api_server_websocket_${name}`)?.get();
      return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
    },
    close: async () => {
      await server.close();
      await candles.close();
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

  const server = await startWebSocketServer({
    host: '127.0.0.1',
    port: 0,
    ...options,
    allowedOrigins: [testOrigin],
    board,
    candles,
    authenticate,
    isSessionActive: async (_, sessionId) => {
      hub.sessionChecks += 1;
      if (hub.storeAway) throw new Error('the session store is away');
      return !hub.endedSessions.has(sessionId);
    },
    clientAddress: (request) => request.socket.remoteAddress ?? '',
    // Without an interval every quote is a frame, and out before the next one comes.
    settings: { flushIntervalMs: 0, ...options.settings },
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
