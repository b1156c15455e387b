import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeCodes, type ProblemCode } from '@repo/schemas';
import type { Logger, Registry } from '@repo/service';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { isSigned } from '../api-keys/signed-requests.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import { AccountChannels, type AccountChannelsOptions } from './account-channels.ts';
import { Channels } from './channels.ts';
import { ClientMessages } from './client-messages.ts';
import { type BoundSession, Connection } from './connection.ts';
import { Quota } from './quota.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { SessionWatch } from './session-watch.ts';
import { createWebSocketMetrics } from './websocket-metrics.ts';
import { defaultWebSocketSettings, type WebSocketSettings } from './websocket-settings.ts';

export interface WebSocketServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Origins whose cookies count; any other is refused. */
  readonly allowedOrigins: readonly string[];
  readonly board: PriceBoard;
  readonly candles: CandleBoard;
  readonly accountBoard: AccountChannelsOptions['board'];
  readonly accounts: AccountChannelsOptions['accounts'];
  /** The session of an upgrade's cookies, or of its signature. Refused with a `ProblemError`'s code, or else with 503. */
  readonly authenticate: (request: IncomingMessage) => Promise<BoundSession | undefined>;
  readonly isSessionActive: (userId: string, sessionId: string) => Promise<boolean>;
  /** What the bound of anonymous connections counts by. */
  readonly clientAddress: (request: IncomingMessage) => string;
  /** Told of each refused upgrade. */
  readonly onRefused?: (request: IncomingMessage, code: ProblemCode) => void;
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

/** `/ws` is for where one name leads to the web app, the API and here. */
const PATHS: ReadonlySet<string | undefined> = new Set(['/', '/ws']);
const MESSAGE_BYTES_MAX = 16 * 1024;
// A message of 16 KiB has no need of more pieces; each costs memory beside its bytes.
const FRAGMENTS_MAX = 128;
const BUFFERED_CHUNKS_MAX = 1_024;
/** Connections the kernel holds for us when thousands come at once. */
const BACKLOG = 4_096;
const REQUEST_TIMEOUT_MS = 10_000;
/** Sockets beyond the bound of connections: those that have not asked for anything yet, or are being refused. */
const UNDECIDED_MAX = 1_000;

/** Serves the channels of ARCHITECTURE.md ("WebSocket"). @throws when the port cannot be had. */
export async function startWebSocketServer(options: WebSocketServerOptions): Promise<WebSocketServerHandle> {
  const { logger } = options;
  const settings = { ...defaultWebSocketSettings, ...options.settings };
  const allowedOrigins = new Set(options.allowedOrigins);
  const places = new Quota(settings.connectionsMax);
  const placesOfUser = new Quota(settings.connectionsPerUserMax);
  const placesOfAddress = new Quota(settings.connectionsPerAddressMax);
  const sockets = new Set<Duplex>();
  const connections = new Set<Connection>();
  const metrics = createWebSocketMetrics(
    options.metrics,
    () => [...connections].reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0),
    settings.connectionsMax,
  );
  let closing = false;

  const server = createServer(
    {
      // A client is slow from here on; with the streams' own mark at the same place they tell when it has caught up.
      highWaterMark: settings.bufferedBytesMax,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 2,
      keepAlive: true,
    },
    (_, response) => response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end(),
  );
  server.maxConnections = settings.connectionsMax + UNDECIDED_MAX;
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: BUFFERED_CHUNKS_MAX,
  });
  await listen(server, options.port, options.host);

  const { board, candles, accounts } = options;
  const channels = new Channels({
    board,
    candles,
    accounts: new AccountChannels({ board: options.accountBoard, accounts, settings, metrics, logger }),
    settings,
    metrics,
  });
  const messages = new ClientMessages(channels, metrics);
  const sessions = new SessionWatch({ isSessionActive: options.isSessionActive, settings, logger });
  const pingTimer = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, settings.pingIntervalMs);

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refuse = (code: ProblemCode) => {
      metrics.refusedUpgrades.inc({ code });
      options.onRefused?.(request, code);
      refuseUpgrade(socket, code);
    };
    if (closing) return refuse('service-unavailable');
    if (!PATHS.has(request.url?.split('?')[0])) return refuse('not-found');
    const { origin } = request.headers;
    if (origin !== undefined && !allowedOrigins.has(origin)) return refuse('origin-not-allowed');

    const releasePlace = places.take('');
    if (releasePlace === undefined) return refuse('too-busy');
    socket.once('close', releasePlace);

    let session: BoundSession | undefined;
    try {
      // Without an Origin it is no browser, or one that hides: its cookies prove nothing. A signature does.
      const mayHaveSession = origin !== undefined || isSigned(request.headers);
      session = mayHaveSession ? await options.authenticate(request) : undefined;
    } catch (error) {
      if (error instanceof ProblemError) return refuse(error.code);
      logger.warn({ err: error }, 'cannot tell whose connection this is');
      return refuse('service-unavailable');
    }
    if (socket.destroyed) return;
    const release =
      session === undefined ? placesOfAddress.take(options.clientAddress(request)) : placesOfUser.take(session.userId);
    if (release === undefined) return refuse('too-many-requests');
    socket.once('close', release);
    acceptor.handleUpgrade(request, socket, head, (ws) => open(ws, socket, session));
  }

  function open(ws: WebSocket, socket: Duplex, session: BoundSession | undefined): void {
    const connection = new Connection({ ws, socket, session, settings, metrics });
    connections.add(connection);
    sessions.add(connection);
    metrics.clients.inc();
    ws.on('message', (data: RawData, isBinary) => messages.take(connection, data as Buffer, isBinary));
    ws.on('ping', () => messages.allows(connection));
    ws.on('pong', () => messages.allows(connection));
    ws.on('error', (error: Error & { code?: string }) => {
      // `ws` has begun to close with the code of the violation.
      metrics.violations.inc({ kind: error.code ?? 'unknown' });
      connection.cutSoon();
    });
    ws.on('close', () => {
      connections.delete(connection);
      sessions.remove(connection);
      channels.leaveAll(connection);
      connection.release();
      metrics.clients.dec();
    });
    if (closing) connection.close(closeCodes.goingAway, 'server is stopping');
  }

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => {
      logger.error({ err: error }, 'an upgrade failed');
      socket.destroy();
    });
  });

  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    endSession: (sessionId) => sessions.end(sessionId),
    close: async () => {
      closing = true;
      clearInterval(pingTimer);
      sessions.close();
      channels.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      for (const connection of connections) connection.close(closeCodes.goingAway, 'server is stopping');
      const cutTimer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, settings.closeTimeoutMs);
      await closed;
      clearTimeout(cutTimer);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
