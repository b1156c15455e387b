import type { PricesFrame } from '@repo/client';
import type { PriceConnection } from './price-connection.ts';
import type { PriceStore } from './price-store.ts';

// A hidden page gets no animation frames, yet its store must not pile up frames.
const HIDDEN_FLUSH_MS = 1_000;

/** Feeds the store from the connection, at most once per animation frame. Returns how to stop. */
export function connectPriceStore(store: PriceStore, connection: PriceConnection): () => void {
  const { stream } = connection;
  let waiting: PricesFrame[] = [];
  let frameRequest: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = () => {
    if (frameRequest !== undefined) cancelAnimationFrame(frameRequest);
    clearTimeout(timer);
    frameRequest = undefined;
    const frames = waiting;
    waiting = [];
    store.take(frames, performance.now());
  };
  const readStatus = () => store.setState({ stream: stream.status, latencyMs: connection.latencyMs() });

  readStatus();
  const stops = [
    stream.on('status', readStatus),
    connection.onLatency(readStatus),
    stream.subscribe('prices', (frame) => {
      waiting.push(frame);
      if (frameRequest !== undefined) return;
      frameRequest = requestAnimationFrame(flush);
      timer = setTimeout(flush, HIDDEN_FLUSH_MS);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    if (frameRequest !== undefined) cancelAnimationFrame(frameRequest);
    clearTimeout(timer);
  };
}
