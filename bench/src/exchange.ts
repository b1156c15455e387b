import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RecordedFrame } from './recorded-quotes.ts';
import { steadyNowMs } from './steady-now.ts';

/** A local server that speaks as Binance does and plays a recording. */
export interface Exchange {
  readonly url: string;
  /** Resolves when the poller has subscribed. */
  readonly subscribed: Promise<void>;
  /**
   * Plays the frames, at the recorded pace divided by `speed`, or as fast as the socket takes them.
   *
   * @returns when each frame was handed to the socket, ms since the epoch with a fraction, on `steadyNowMs`.
   */
  play(frames: readonly RecordedFrame[], speed: number | 'max'): Promise<number[]>;
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
      const sentMs: number[] = [];
      const begunMs = performance.now();
      for (const frame of frames) {
        if (speed === 'max') {
          while (poller.bufferedAmount > SOCKET_BUFFER_MAX_BYTES) await sleep(1);
        } else {
          const waitMs = begunMs + frame.offsetMs / speed - performance.now();
          if (waitMs >= 1) await sleep(waitMs);
        }
        sentMs.push(steadyNowMs());
        poller.send(frame.text);
      }
      return sentMs;
    },
    close: () => {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
