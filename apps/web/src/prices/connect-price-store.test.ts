import type { PricesFrame, StreamStatus } from '@repo/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectPriceStore } from './connect-price-store.ts';
import type { PriceConnection } from './price-connection.ts';
import { createPriceStore } from './price-store.ts';

let frames: ((frame: PricesFrame) => void) | undefined;
let status: StreamStatus;
let tellStatus = () => {};
const connection: PriceConnection = {
  stream: {
    get status() {
      return status;
    },
    subscribe: (_, listener) => {
      frames = listener as typeof frames;
      return () => {
        frames = undefined;
      };
    },
    on: (_, listener) => {
      tellStatus = () => listener(status as Parameters<typeof listener>[0]);
      return () => {};
    },
    close: () => {},
  },
  latencyMs: () => 12,
  onLatency: () => () => {},
};

function frame(mid: number): PricesFrame {
  const sides = { bid: '1', ask: '2', status: 'live', source: 'simulated' } as const;
  return {
    channel: 'prices',
    type: 'update',
    sequence: 1,
    data: [{ asset: 'A_USDC', price: mid, timestamp: mid, sequence: 1, ...sides }],
  };
}

beforeEach(() => {
  status = 'open';
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test('hands the frames of one animation frame over together', () => {
  const store = createPriceStore([]);
  const stop = connectPriceStore(store, connection);
  const changed = vi.fn();
  store.subscribe(changed);
  frames?.(frame(1));
  frames?.(frame(2));
  expect(changed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(50);
  expect(changed).toHaveBeenCalledTimes(1);
  expect(store.getState().quotes.A_USDC?.price).toBe(2);
  stop();
  expect(frames).toBeUndefined();
});

test('goes on in a hidden page, which gets no animation frames', () => {
  vi.stubGlobal('requestAnimationFrame', () => 1);
  const store = createPriceStore([]);
  const stop = connectPriceStore(store, connection);
  frames?.(frame(3));
  vi.advanceTimersByTime(2_000);
  expect(store.getState().quotes.A_USDC?.price).toBe(3);
  stop();
  vi.unstubAllGlobals();
});

test('follows the state of the connection', () => {
  const store = createPriceStore([]);
  const stop = connectPriceStore(store, connection);
  expect(store.getState()).toMatchObject({ stream: 'open', latencyMs: 12 });
  status = 'reconnecting';
  tellStatus();
  expect(store.getState().stream).toBe('reconnecting');
  stop();
});
