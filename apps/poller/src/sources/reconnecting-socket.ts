import type { Buffer } from 'node:buffer';
import { monotonicMs } from '@repo/service';
import { WebSocket } from 'ws';
import { fullJitterMs } from '../backoff.ts';
import type { ConnectionState } from './source.ts';

export interface SocketTiming {
  readonly pingMs: number;
  /** Without any frame for so long the connection is taken for dead. */
  readonly silenceMs: number;
  readonly handshakeMs: number;
  readonly reconnectBaseMs: number;
  readonly reconnectMaxMs: number;
  /** Up for so long, the next loss counts as the first. */
  readonly reconnectResetMs: number;
}

interface ReconnectingSocketOptions {
  readonly url: string;
  readonly timing: SocketTiming;
  /** Renews the connection before the server would end it. */
  readonly lifeMs?: number;
  /** Subscribe here: it is called for every new connection. */
  readonly onOpen: () => void;
  readonly onMessage: (text: string, receivedAtMs: number) => void;
  readonly onState: (state: ConnectionState, reason: string) => void;
}

// A quote is 200 bytes; ws would take 100 MiB.
const PAYLOAD_BYTES_MAX = 65_536;
// A proxy can answer pings for a server that has forgotten us: after this many silences without a message, start anew.
const SILENCES_WITHOUT_MESSAGE_MAX = 4;

/** A WebSocket client that comes back from everything: close, reset, silence, a server that never answers. */
export class ReconnectingSocket {
  readonly #options: ReconnectingSocketOptions;
  #socket: WebSocket | undefined;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #stopped = false;

  constructor(options: ReconnectingSocketOptions) {
    this.#options = options;
  }

  start(): void {
    this.#connect();
  }

  /** @returns whether there was an open connection to send on. */
  send(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** No callback is made after it resolves. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#reconnectTimer);
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.terminate();
    });
  }

  #connect(): void {
    const { url, timing, lifeMs, onOpen, onMessage, onState } = this.#options;
    onState('connecting', '');
    const socket = new WebSocket(url, {
      handshakeTimeout: timing.handshakeMs,
      maxPayload: PAYLOAD_BYTES_MAX,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let openedAtMs: number | undefined;
    let lastFrameAtMs = 0;
    let lastMessageAtMs = 0;
    let reason: string | undefined;
    const timers: NodeJS.Timeout[] = [];
    const sawFrame = () => {
      lastFrameAtMs = monotonicMs();
    };
    const end = (why: string) => {
      reason ??= why;
      socket.terminate();
    };
    const checkSilence = () => {
      const messageSilenceMs = timing.silenceMs * SILENCES_WITHOUT_MESSAGE_MAX;
      const frameLeftMs = lastFrameAtMs + timing.silenceMs - monotonicMs();
      const messageLeftMs = lastMessageAtMs + messageSilenceMs - monotonicMs();
      if (frameLeftMs <= 0) end(`no frame for ${timing.silenceMs} ms`);
      else if (messageLeftMs <= 0) end(`no message for ${messageSilenceMs} ms`);
      else timers[1] = setTimeout(checkSilence, Math.min(frameLeftMs, messageLeftMs));
    };

    socket.on('open', () => {
      openedAtMs = lastMessageAtMs = monotonicMs();
      sawFrame();
      timers[0] = setInterval(() => socket.ping(), timing.pingMs);
      timers[1] = setTimeout(checkSilence, timing.silenceMs);
      if (lifeMs !== undefined) timers[2] = setTimeout(end, lifeMs, 'renewed before its end of life');
      onState('open', '');
      onOpen();
    });
    socket.on('ping', sawFrame);
    socket.on('pong', sawFrame);
    socket.on('message', (data) => {
      sawFrame();
      lastMessageAtMs = lastFrameAtMs;
      if (!this.#stopped) onMessage((data as Buffer).toString(), lastFrameAtMs);
    });
    // ws always closes after an error.
    socket.on('error', (error) => {
      reason ??= error.message;
    });
    socket.on('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      if (this.#stopped) return;
      const wasUpMs = openedAtMs === undefined ? 0 : monotonicMs() - openedAtMs;
      onState('closed', reason ?? `closed by the server with ${code}`);
      this.#reconnect(wasUpMs);
    });
  }

  /** At once the first time, then after a growing random wait. */
  #reconnect(wasUpMs: number): void {
    const { reconnectBaseMs, reconnectMaxMs, reconnectResetMs } = this.#options.timing;
    if (wasUpMs >= reconnectResetMs) this.#attempt = 0;
    const waitMs = this.#attempt === 0 ? 0 : fullJitterMs(this.#attempt - 1, reconnectBaseMs, reconnectMaxMs);
    this.#attempt += 1;
    this.#reconnectTimer = setTimeout(() => this.#connect(), waitMs);
  }
}
