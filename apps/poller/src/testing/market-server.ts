import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** How the server misbehaves from now on. */
interface Mood {
  /** Answers pings; a half-open connection does not. */
  pong: boolean;
  /** Accepts connections at all; `false` resets them. */
  accept: boolean;
  /** Answers the upgrade; `false` leaves the client waiting. */
  upgrade: boolean;
  /** Closes each connection as soon as it is open. */
  flap: boolean;
}

/** One side of the market: what it got and a way to send. */
export class MarketServer {
  readonly mood: Mood = { pong: true, accept: true, upgrade: true, flap: false };
  /** Every frame clients sent, in order. */
  readonly received: string[] = [];
  /** Called for each subscription of a symbol. */
  onSubscribe: (symbol: string) => void = () => {};
  /** What `GET /api/v1/markets` answers; `undefined` answers 500. */
  markets: readonly string[] | undefined;
  connectionCount = 0;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #waiting = new Set<Duplex>();

  constructor() {
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#sockets = new WebSocketServer({ noServer: true, autoPong: false });
    this.#http.on('upgrade', (request, socket, head) => {
      if (!this.mood.accept) {
        socket.destroy();
        return;
      }
      if (!this.mood.upgrade) {
        this.#waiting.add(socket);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get openCount(): number {
    return this.#sockets.clients.size;
  }

  /** The symbols subscribed to, in order, over all connections. */
  get subscribed(): readonly string[] {
    return this.received.flatMap(symbolsOf);
  }

  send(...frames: readonly string[]): void {
    for (const client of this.#sockets.clients) for (const frame of frames) client.send(frame);
  }

  closeAll(code = 1001): void {
    for (const client of this.#sockets.clients) client.close(code);
  }

  resetAll(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  async close(): Promise<void> {
    this.resetAll();
    for (const socket of this.#waiting) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
  }

  #welcome(client: WebSocket): void {
    this.connectionCount += 1;
    if (this.mood.flap) client.close(1001);
    client.on('ping', (data) => {
      if (this.mood.pong) client.pong(data);
    });
    client.on('message', (data) => {
      const text = (data as Buffer).toString();
      this.received.push(text);
      for (const symbol of symbolsOf(text)) this.onSubscribe(symbol);
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url !== '/api/v1/markets' || this.markets === undefined) {
      response.writeHead(500).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(this.markets.map((symbol) => ({ symbol, baseSymbol: symbol.split('_')[0] }))));
  }
}

/** `bookTicker.SOL_USDC` of Backpack and `solusdt@bookTicker` of Binance. */
function symbolsOf(frame: string): string[] {
  const { params } = JSON.parse(frame) as { params: readonly string[] };
  return params.map((stream) =>
    stream.startsWith('bookTicker.') ? stream.slice('bookTicker.'.length) : (stream.split('@')[0] ?? '').toUpperCase(),
  );
}
