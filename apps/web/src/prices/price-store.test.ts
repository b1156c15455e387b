import type { PricesFrame } from '@repo/client';
import type { Price, PriceWithStart } from '@repo/schemas';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createPriceStore, type PriceStore, TRAIL_MS, TRAIL_STEP_MS } from './price-store.ts';

const T0 = 1_760_000_000_000;

function price(asset: string, mid: number, more: Partial<Price> = {}): Price {
  const sides = { bid: String(mid - 1), ask: String(mid + 1) };
  return { asset, price: mid, timestamp: T0, status: 'live', source: 'simulated', sequence: 1, ...sides, ...more };
}

function start(asset: string, mid: number): PriceWithStart {
  return { ...price(asset, mid), startPrice: 90 };
}

function update(...data: Price[]): PricesFrame {
  return { channel: 'prices', type: 'update', sequence: 2, data };
}

describe('price store', () => {
  let store: PriceStore;
  beforeEach(() => {
    store = createPriceStore([start('A_USDC', 100), start('B_USDC', 200)]);
  });

  test('starts with what the server knew', () => {
    const { assets, quotes, source } = store.getState();
    expect(assets).toEqual(['A_USDC', 'B_USDC']);
    expect(quotes.A_USDC?.price).toBe(100);
    expect(source).toBe('simulated');
  });

  test('changes only what a frame changes', () => {
    const before = store.getState();
    store.take([update(price('A_USDC', 101))], 5);
    const after = store.getState();
    expect(after.quotes.A_USDC).toMatchObject({ price: 101, startPrice: 90, quotedAtMs: 5 });
    expect(after.quotes.B_USDC).toBe(before.quotes.B_USDC);
    expect(after.assets).toBe(before.assets);
  });

  test('takes many frames with one notice to listeners', () => {
    const listener = vi.fn();
    store.subscribe(listener);
    store.take([update(price('A_USDC', 101)), update(price('A_USDC', 102)), update(price('B_USDC', 1))], 0);
    expect(listener).toHaveBeenCalledTimes(1);
    expect(store.getState().quotes.A_USDC?.price).toBe(102);
  });

  test('keeps the time of the last quote when the status changes', () => {
    store.take([update(price('A_USDC', 101))], 5);
    store.take([update(price('A_USDC', 101, { status: 'stale' }))], 9_000);
    expect(store.getState().quotes.A_USDC).toMatchObject({ status: 'stale', quotedAtMs: 5 });
  });

  test('remembers how fine the prices of an asset are', () => {
    store.take([update(price('A_USDC', 1, { bid: '1.005', ask: '1.1' }))], 0);
    store.take([update(price('A_USDC', 1, { bid: '1', ask: '1.1' }))], 0);
    expect(store.getState().quotes.A_USDC?.decimals).toBe(3);
  });

  test('takes in an asset that nobody had announced', () => {
    store.take([update(price('C_USDC', 7))], 0);
    expect(store.getState().assets).toEqual(['A_USDC', 'B_USDC', 'C_USDC']);
    expect(store.getState().quotes.C_USDC?.startPrice).toBe(7);
  });

  describe('trails', () => {
    const trail = () => store.getState().trails.A_USDC ?? [];
    const quoteAt = (at: number, mid: number) => store.take([update(price('A_USDC', mid, { timestamp: at }))], 0);

    test('take a point every few seconds, not every quote', () => {
      quoteAt(T0, 1);
      quoteAt(T0 + 1, 2);
      expect(trail()).toHaveLength(1);
      quoteAt(T0 + TRAIL_STEP_MS, 3);
      expect(trail().map(({ value }) => value)).toEqual([1, 3]);
    });

    test('forget what is too old', () => {
      quoteAt(T0, 1);
      quoteAt(T0 + TRAIL_MS + 1, 2);
      expect(trail().map(({ value }) => value)).toEqual([2]);
    });

    test('start again when a replay does', () => {
      quoteAt(T0, 1);
      quoteAt(T0 - 300_000, 2);
      expect(trail().map(({ value }) => value)).toEqual([2]);
    });

    test('get their past put before them, once', () => {
      quoteAt(T0, 5);
      const past = [-2, -1, 0, 1].map((step) => ({ at: T0 + step, value: step }));
      store.addHistory('A_USDC', past);
      store.addHistory('A_USDC', past);
      expect(trail().map(({ at }) => at - T0)).toEqual([-2, -1, 0]);
    });
  });
});
