import { fullJitter, type RetryTiming } from './full-jitter.ts';
import type { WebSocketFactory, WebSocketLike } from './web-socket-like.ts';

export type StreamStatus = 'connecting' | 'open' | 'reconnecting' | 'closed';

export interface StreamTiming extends RetryTiming {
  /** Silence, ms, after which the server is asked whether it is there. */
  readonly pingAfterMs: number;
  /** How long it may take to answer, and to connect. */
  readonly answerMsMax: number;
  /** A connection this old counts as good: the next loss starts with short waits again. */
  readonly steadyAfterMs: number;
}

export const defaultStreamTiming: StreamTiming = {
  retryMsMin: 500,
  retryMsMax: 30_000,
  pingAfterMs: 10_000,
  answerMsMax: 5_000,
  steadyAfterMs: 10_000,
};

export interface LastingSocketOptions {
  readonly url: string;
  readonly webSocket: WebSocketFactory;
  readonly timing: StreamTiming;
  readonly pingText: string;
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** `closeCode` is the server's, when it said one. */
  readonly onStatus: (status: StreamStatus, closeCode?: number) => void;
}

/** The part of a browser's window that tells whether there is a network. */
interface NetworkEvents {
  addEventListener?(type: 'online' | 'offline', listener: () => void): void;
  removeEventListener?(type: 'online' | 'offline', listener: () => void): void;
}

/** A WebSocket that comes back: it reconnects with full jitter, and treats a server that says nothing as gone. */
export class LastingSocket {
  readonly #options: LastingSocketOptions;
  readonly #network = globalThis as NetworkEvents;
  #socket: WebSocketLike | undefined;
  #status: StreamStatus = 'connecting';
  #attempt = 0;
  #openedAtMs = 0;
  #heardAtMs = 0;
  #pinged = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LastingSocketOptions) {
    this.#options = options;
    this.#network.addEventListener?.('online', this.#online);
    this.#network.addEventListener?.('offline', this.#offline);
    this.#connect();
  }

  get status(): StreamStatus {
    return this.#status;
  }

  /** Sends when open; otherwise nothing: what matters is sent again by `onOpen`. */
  send(text: string): void {
    if (this.#status === 'open') this.#socket?.send(text);
  }

  close(): void {
    if (this.#status === 'closed') return;
    this.#network.removeEventListener?.('online', this.#online);
    this.#network.removeEventListener?.('offline', this.#offline);
    this.#abandon();
    this.#become('closed');
  }

  readonly #online = (): void => {
    if (this.#status !== 'open') this.#connect();
  };

  readonly #offline = (): void => this.#lose();

  #connect(): void {
    this.#abandon();
    const socket = this.#options.webSocket(this.#options.url);
    this.#socket = socket;
    // Handlers of a socket that was given up do nothing: closing one that is dead may take the browser minutes.
    const current = (handle: () => void) => () => {
      if (this.#socket === socket) handle();
    };
    socket.addEventListener(
      'open',
      current(() => this.#opened()),
    );
    socket.addEventListener('error', () => {
      // A close always follows.
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket !== socket || typeof data !== 'string') return;
      this.#heardAtMs = performance.now();
      this.#pinged = false;
      this.#options.onText(data);
    });
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket === socket) this.#lose(code);
    });
    this.#timer = setTimeout(() => this.#lose(), this.#options.timing.answerMsMax);
  }

  #opened(): void {
    this.#openedAtMs = performance.now();
    this.#heardAtMs = this.#openedAtMs;
    this.#pinged = false;
    clearTimeout(this.#timer);
    this.#watch();
    this.#become('open');
    this.#options.onOpen();
  }

  /** Looks whether the server was heard lately; asks it, and gives it up when it does not answer. */
  readonly #watch = (): void => {
    const { pingAfterMs, answerMsMax } = this.#options.timing;
    if (this.#pinged) {
      this.#lose();
      return;
    }
    const silentMs = performance.now() - this.#heardAtMs;
    if (silentMs < pingAfterMs) {
      this.#timer = setTimeout(this.#watch, pingAfterMs - silentMs);
      return;
    }
    this.#pinged = true;
    this.#socket?.send(this.#options.pingText);
    this.#timer = setTimeout(this.#watch, answerMsMax);
  };

  #lose(closeCode?: number): void {
    const { timing } = this.#options;
    if (this.#status === 'open' && performance.now() - this.#openedAtMs >= timing.steadyAfterMs) this.#attempt = 0;
    this.#abandon();
    this.#timer = setTimeout(() => this.#connect(), fullJitter(this.#attempt, timing));
    this.#attempt += 1;
    this.#become('reconnecting', closeCode);
  }

  #abandon(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #become(status: StreamStatus, closeCode?: number): void {
    const changed = status !== this.#status;
    this.#status = status;
    if (changed || closeCode !== undefined) this.#options.onStatus(status, closeCode);
  }
}
