import type { Duplex } from 'node:stream';
import { closeCodes, type ServerFrame } from '@repo/schemas';
import { monotonicMs } from '@repo/service';
import { WebSocket } from 'ws';
import type { Channel } from './channel.ts';
import { textFrame } from './text-frame.ts';
import { TokenBucket } from './token-bucket.ts';
import type { WebSocketMetrics } from './websocket-metrics.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

export interface BoundSession {
  readonly userId: string;
  readonly sessionId: string;
}

/** Misdeeds a connection may commit at once, and how fast they are forgotten. */
const VIOLATIONS_MAX = 10;
const VIOLATIONS_FORGOTTEN_PER_SECOND = 0.2;

/**
 * One client. Frames are written to the raw socket, next to those of `ws`: with compression off, `ws` writes each
 * control frame in one piece too, so frames never mix.
 */
export class Connection {
  readonly session: BoundSession | undefined;
  /** What it subscribed to, by name. */
  readonly channels = new Map<string, Channel>();
  readonly messages: TokenBucket;
  readonly violations = new TokenBucket(VIOLATIONS_MAX, VIOLATIONS_FORGOTTEN_PER_SECOND, monotonicMs());
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #settings: WebSocketSettings;
  readonly #metrics: WebSocketMetrics;
  #slow = false;
  /** Channels of which something was kept from it since it is slow. */
  readonly #missed = new Set<string>();
  #heard = true;
  #drainTimer: NodeJS.Timeout | undefined;
  #cutTimer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly ws: WebSocket;
    readonly socket: Duplex;
    readonly session: BoundSession | undefined;
    readonly settings: WebSocketSettings;
    readonly metrics: WebSocketMetrics;
  }) {
    this.#ws = options.ws;
    this.#socket = options.socket;
    this.session = options.session;
    this.#settings = options.settings;
    this.#metrics = options.metrics;
    const rate = options.settings.messagesPerSecondMax;
    this.messages = new TokenBucket(rate, rate, monotonicMs());
    this.#socket.on('drain', () => this.#drained());
  }

  /** Bytes that wait for the client to read. */
  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** Writes frames of a channel. A client that reads too slowly gets none: it is told the whole state when it has caught up. */
  deliver(bytes: Buffer, channel: string): boolean {
    if (this.#slow) this.#missed.add(channel);
    if (this.#slow || this.#ws.readyState !== WebSocket.OPEN) return false;
    this.#write(bytes);
    return true;
  }

  /** Answers the client itself; its own rate of messages bounds these. */
  answer(frame: ServerFrame): void {
    if (this.open) this.#write(textFrame(JSON.stringify(frame)));
  }

  /** The client is there: it sent something. */
  heard(): void {
    this.#heard = true;
  }

  /** Asks whether the client is there; cuts it off when it has said nothing since the last time. */
  ping(): void {
    if (!this.#heard) {
      this.cut();
      return;
    }
    this.#heard = false;
    this.#ws.ping();
  }

  /** Starts the closing handshake, and cuts the connection when the client does not take part. */
  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
    this.cutSoon();
  }

  cutSoon(): void {
    this.#cutTimer ??= setTimeout(() => this.cut(), this.#settings.closeTimeoutMs);
  }

  cut(): void {
    this.#ws.terminate();
  }

  /** Stops its timers, when the socket is closed. */
  release(): void {
    clearTimeout(this.#drainTimer);
    clearTimeout(this.#cutTimer);
  }

  #write(bytes: Buffer): void {
    this.#socket.write(bytes);
    // What the kernel took at once does not count. The stream's own mark is no higher, so that 'drain' will come.
    if (this.#slow || this.#socket.writableLength < this.#settings.bufferedBytesMax) return;
    this.#slow = true;
    this.#drainTimer = setTimeout(() => {
      this.#metrics.slowCloses.inc();
      this.close(closeCodes.tryAgainLater, 'reads too slowly');
    }, this.#settings.drainTimeoutMs);
  }

  #drained(): void {
    if (!this.#slow) return;
    // Of the others it lacks nothing; a large snapshot that it does not need would make it slow again, and for ever.
    const missed = [...this.#missed].flatMap((name) => this.channels.get(name) ?? []);
    // While it still counts as slow: what its channels have framed so far is in the snapshots.
    for (const channel of missed) channel.settle(this);
    this.#missed.clear();
    this.#slow = false;
    clearTimeout(this.#drainTimer);
    for (const channel of missed) channel.deliverSnapshot(this);
  }
}
