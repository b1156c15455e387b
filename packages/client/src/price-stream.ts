import { type Channel, channelsPerConnectionMax, closeCodes, type ServerFrame, ServerFrameSchema } from '@repo/schemas';
import { ChannelFeed, type ChannelFrame, type FrameOf } from './channel-feed.ts';
import { fullJitter } from './full-jitter.ts';
import { defaultStreamTiming, LastingSocket, type StreamStatus, type StreamTiming } from './lasting-socket.ts';
import type { WebSocketFactory } from './web-socket-like.ts';

export type { AccountFrame, CandlesFrame, PricesFrame } from './channel-feed.ts';
export type { StreamStatus, StreamTiming } from './lasting-socket.ts';
export type { WebSocketFactory, WebSocketLike } from './web-socket-like.ts';

/** The server refused something, or said something that was not understood (`unintelligible`). */
export interface StreamError {
  readonly code: Extract<ServerFrame, { readonly type: 'error' }>['code'] | 'unintelligible';
  readonly message: string;
  readonly channel?: string | undefined;
}

export interface StreamEvents {
  status: StreamStatus;
  error: StreamError;
  /** The session behind the connection has ended (close code 4401); the stream goes on without it. */
  sessionEnded: undefined;
}

export interface PriceStreamOptions {
  /** E.g. `ws://localhost:8080/`. */
  readonly url: string;
  /** How to open a WebSocket; the platform's own unless told. In Node, `ws` lets one set Origin and cookies. */
  readonly webSocket?: WebSocketFactory;
  readonly timing?: Partial<StreamTiming>;
}

/** Live prices, candles and accounts over one connection that mends itself. */
export interface PriceStream {
  readonly status: StreamStatus;
  /**
   * Listens to a channel: first a snapshot, then updates; a new snapshot after each reconnection or gap. The channel is
   * subscribed with its first listener and left with its last. `account` is the oldest account of the session's user;
   * it needs a connection with a session. Returns how to stop listening.
   */
  subscribe<C extends Channel>(channel: C, listener: (frame: FrameOf<C>) => void): () => void;
  /** Returns how to stop listening. */
  on<E extends keyof StreamEvents>(event: E, listener: (value: StreamEvents[E]) => void): () => void;
  close(): void;
}

type Listeners = { readonly [E in keyof StreamEvents]: Set<(value: StreamEvents[E]) => void> };

export function createPriceStream(options: PriceStreamOptions): PriceStream {
  const feeds = new Map<Channel, ChannelFeed>();
  const joining = new Set<Channel>();
  const leaving = new Set<Channel>();
  const listeners: Listeners = { status: new Set(), error: new Set(), sessionEnded: new Set() };
  const timing = { ...defaultStreamTiming, ...options.timing };
  let flushPending = false;

  const socket = new LastingSocket({
    url: options.url,
    webSocket: options.webSocket ?? ((url) => new WebSocket(url)),
    timing,
    pingText: JSON.stringify({ op: 'ping' }),
    onOpen: () => {
      leaving.clear();
      for (const feed of feeds.values()) join(feed);
      flush();
    },
    onText: take,
    onStatus: (status, closeCode) => {
      tell(listeners.status, status);
      if (closeCode === closeCodes.sessionEnded) tell(listeners.sessionEnded, undefined);
    },
  });

  function take(text: string): void {
    const frame = parseFrame(text);
    if (frame === undefined) {
      tell(listeners.error, { code: 'unintelligible', message: 'a frame from the server was not understood' });
    } else if (frame.type === 'error') {
      tell(listeners.error, { code: frame.code, message: frame.message, channel: frame.channel });
      if (frame.code === 'service-unavailable') joinLater(frame.channel);
    } else if (frame.type === 'snapshot' || frame.type === 'update') {
      const feed = feeds.get(frame.channel);
      if (feed === undefined) return;
      const outcome = feed.take(frame);
      if (outcome === 'taken') tell(feed.listeners, frame);
      else if (outcome === 'gap') join(feed);
    }
  }

  function join(feed: ChannelFeed): void {
    feed.await();
    joining.add(feed.channel);
    leaving.delete(feed.channel);
    flushSoon();
  }

  /** The server cannot serve a channel at the moment: it is asked again after a while. */
  function joinLater(channel: string | undefined): void {
    const feed = feeds.get(channel as Channel);
    if (feed === undefined) return;
    const waitMs = fullJitter(feed.failures, timing);
    feed.failures += 1;
    setTimeout(() => {
      if (feeds.get(feed.channel) === feed && socket.status === 'open') join(feed);
    }, waitMs);
  }

  /** Subscriptions of one turn share a frame. */
  function flushSoon(): void {
    if (flushPending) return;
    flushPending = true;
    queueMicrotask(() => {
      flushPending = false;
      flush();
    });
  }

  function flush(): void {
    // While the connection is away this waits for `onOpen`.
    if (socket.status !== 'open') return;
    for (const [op, channels] of [
      ['unsubscribe', leaving],
      ['subscribe', joining],
    ] as const) {
      const all = [...channels];
      channels.clear();
      for (let start = 0; start < all.length; start += channelsPerConnectionMax) {
        socket.send(JSON.stringify({ op, channels: all.slice(start, start + channelsPerConnectionMax) }));
      }
    }
  }

  return {
    get status() {
      return socket.status;
    },
    subscribe: (channel, listener) => {
      const feed = feeds.get(channel) ?? new ChannelFeed(channel);
      // One function may listen twice; each subscription is its own.
      const one = (frame: ChannelFrame) => listener(frame as FrameOf<typeof channel>);
      feed.listeners.add(one);
      if (feeds.has(channel)) {
        queueMicrotask(() => {
          const snapshot = feed.listeners.has(one) ? feed.snapshot() : undefined;
          if (snapshot !== undefined) one(snapshot);
        });
      } else {
        feeds.set(channel, feed);
        join(feed);
      }
      return () => {
        if (!feed.listeners.delete(one) || feed.listeners.size > 0) return;
        feeds.delete(channel);
        joining.delete(channel);
        leaving.add(channel);
        flushSoon();
      };
    },
    on: (event, listener) => {
      listeners[event].add(listener);
      return () => void listeners[event].delete(listener);
    },
    close: () => socket.close(),
  };
}

function parseFrame(text: string): ServerFrame | undefined {
  try {
    return ServerFrameSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A listener that throws stops no other; its error surfaces as uncaught. */
function tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
