import { createPriceStream, type PriceStream } from '@repo/client';
import { pageSettings } from '../settings/page-settings.ts';
import { probeLatency } from './latency-probe.ts';

export interface PriceConnection {
  readonly stream: PriceStream;
  /** ms there and back, once measured. */
  latencyMs(): number | undefined;
  /** Returns how to stop listening. */
  onLatency(listener: () => void): () => void;
}

let connection: PriceConnection | undefined;
/** The page's one connection for prices; opened by the first call. Browser only. */
export function priceConnection(): PriceConnection {
  connection ??= open(pageSettings().wsUrl);
  return connection;
}

/**
 * Ends the connection: whose it is was settled when it opened, so a sign-in or sign-out needs another. The next call of
 * `priceConnection` opens it.
 */
export function closePriceConnection(): void {
  connection?.stream.close();
  connection = undefined;
}

function open(url: string): PriceConnection {
  const listeners = new Set<() => void>();
  let latencyMs: number | undefined;
  const stream = createPriceStream({
    url,
    webSocket: (address) => {
      const socket = new WebSocket(address);
      probeLatency(socket, (ms) => {
        latencyMs = ms;
        for (const listener of listeners) listener();
      });
      return socket;
    },
  });
  return {
    stream,
    latencyMs: () => latencyMs,
    onLatency: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
