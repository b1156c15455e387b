import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { startWebSocketServer } from '@repo/api-server/websocket';
import type { PriceUpdate } from '@repo/schemas';
import { createLogger, createMetrics } from '@repo/service';
import { connectRawClient, sendText } from './raw-client.ts';

export interface Hub {
  readonly port: number;
  /** The last delivery as it went over the wire: header and payload. */
  frameBytes(): Buffer;
  /** Hands the hub a new price; resolves when it has been written to every subscriber. */
  deliver(): Promise<void>;
  close(): Promise<void>;
}

/** The real WebSocket server, on a board that the benchmark plays. */
export async function startHub(clients: number): Promise<Hub> {
  let listener: (update: PriceUpdate) => void = () => {};
  let sequence = 1;
  let lastPayload = Buffer.alloc(0);
  const price = (): PriceUpdate => ({
    id: randomUUID(),
    at: Date.now(),
    asset: 'BTC_USDC',
    price: 61_837.635,
    timestamp: Date.now(),
    bid: '61837.63',
    ask: '61837.64',
    status: 'live',
    source: 'replay',
    sequence,
  });
  const metrics = createMetrics();
  const deliveries = async () => {
    const counter = await metrics.getSingleMetric('cfd_api_server_websocket_deliveries_total')?.get();
    return counter?.values[0]?.value ?? 0;
  };
  const server = await startWebSocketServer({
    host: '127.0.0.1',
    port: 0,
    allowedOrigins: [],
    board: {
      latest: () => [],
      get: () => undefined,
      onUpdate: (told) => {
        listener = told;
        return () => {};
      },
      close: async () => {},
    },
    candles: {
      find: async () => [],
      current: () => undefined,
      onCandle: () => () => {},
      close: async () => {},
    },
    accountBoard: { watch: () => assert.fail('there are no accounts') },
    accounts: { owned: async () => undefined, defaultOf: () => assert.fail('there are no accounts') },
    authenticate: async () => undefined,
    isSessionActive: async () => true,
    clientAddress: () => '127.0.0.1',
    settings: { connectionsPerAddressMax: clients + 10 },
    logger: createLogger({ level: 'error' }),
    metrics,
  });
  const sample = await connectRawClient(server.port, (payload) => {
    lastPayload = Buffer.from(payload);
  });
  sendText(sample, '{"op":"subscribe","channels":["prices"]}');
  return {
    port: server.port,
    frameBytes: () => {
      const header = Buffer.from([0x81, 126, lastPayload.length >> 8, lastPayload.length & 0xff]);
      return Buffer.concat([header, lastPayload]);
    },
    deliver: async () => {
      const before = await deliveries();
      sequence += 1;
      listener(price());
      // The hub writes to some clients in each turn. The sample is one more.
      while ((await deliveries()) < before + clients + 1) await new Promise((resolve) => setImmediate(resolve));
    },
    close: async () => {
      sample.destroy();
      await server.close();
    },
  };
}
