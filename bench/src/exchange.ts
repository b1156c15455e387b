import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RecordedFrame } from './recorded-quotes.ts';

/** When a frame was sent: by the monotonic clock of this process, and by the wall clock that messages carry. */
export interface Sent {
  readonly atMs: number;
  readonly wallMs: number;
}

/** A local server that speaks as Binance does and plays a recording. */
export interface Exchange {
  readonly url: string;
  /** Resolves when the poller has subscribed. */
  readonly subscribed: Promise<void>;
  /**
   * Plays the frames, at the recorded pace divided by `speed`, or as fast as the socket takes them.
   *
   * @returns when each frame was handed to the socket.
   */
  play(frames: readonly RecordedFrame[], speed: number | 'max'): Promise<Sent[]>;
  close(): void;
}

const SOCKET_BUFFER_MAX_BYTES = 64 * 1024;

export async function startExchange(): Promise<Exchange> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  let poller: WebSocket | undefined;
  const subscribed = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('message', () => {
        poller = socket;
        resolve();
      });
    });
  });
  return {
    url: `ws://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/ws`,
    subscribed,
    play: async (frames, speed) => {
      if (poller === undefined) throw new Error('nobody has subscribed');
      const sent: Sent[] = [];
      const begunMs = performance.now();
      for (const frame of frames) {
        if (speed === 'max') {
          while (poller.bufferedAmount > SOCKET_BUFFER_MAX_BYTES) await sleep(1);
        } else {
          const waitMs = begunMs + frame.offsetMs / speed - performance.now();
          if (waitMs >= 1) await sleep(waitMs);
        }
        sent.push({ atMs: performance.now(), wallMs: Date.now() });
        poller.send(frame.text);
      }
      return sent;
    },
    close: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
