import type { CandlesFrame } from '@repo/client';
import type { Candle } from '@repo/trading-core';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { CandleFeed, type CandleFeedState } from './candle-feed.ts';

const MINUTE = 60_000;

function candle(minute: number, close = 1): Candle {
  return { openTime: minute * MINUTE, open: 1, high: 2, low: 1, close, ticks: 1, spread: 0 };
}

interface Page {
  readonly to: number | undefined;
  resolve(items: Candle[]): Promise<void>;
  reject(): Promise<void>;
}

describe('CandleFeed', () => {
  let pages: Page[];
  let live: (type: CandlesFrame['type'], ...data: Candle[]) => void;
  let left: boolean;
  let series: readonly Candle[];
  let last: [number, number | undefined][];
  let states: CandleFeedState[];
  let feed: CandleFeed;

  beforeEach(() => {
    pages = [];
    left = false;
    series = [];
    last = [];
    states = [];
    feed = new CandleFeed({
      asset: 'A_USDC',
      interval: '1m',
      api: {
        candles: ({ to }) =>
          new Promise((resolve, reject) => {
            pages.push({
              to,
              resolve: async (items) => {
                resolve({ asset: 'A_USDC', interval: '1m', items });
                await vi.waitFor(() => {});
              },
              reject: async () => {
                reject(new Error('away'));
                await vi.waitFor(() => {});
              },
            });
          }),
      },
      stream: {
        subscribe: (channel, listener) => {
          live = (type, ...data) => listener({ channel, type, sequence: 1, data } as Parameters<typeof listener>[0]);
          return () => {
            left = true;
          };
        },
      },
      onSeries: (candles) => {
        series = candles;
      },
      onLast: (newest, before) => last.push([newest.openTime / MINUTE, before && before.openTime / MINUTE]),
      onState: (state) => states.push(state),
    });
  });

  const minutes = () => series.map(({ openTime }) => openTime / MINUTE);

  test('joins what came live while the history was on its way', async () => {
    live('snapshot', candle(5, 50));
    await pages[0]?.resolve([candle(3), candle(4), candle(5, 5)]);
    expect(minutes()).toEqual([3, 4, 5]);
    expect(series.at(-1)?.close).toBe(50);
    expect(states).toEqual(['loading', 'ready']);
  });

  test('tells a candle that moves from one that is new', async () => {
    await pages[0]?.resolve([candle(4), candle(5)]);
    live('update', candle(5, 7));
    live('update', candle(6));
    expect(last).toEqual([
      [5, undefined],
      [6, 5],
    ]);
  });

  test('loads older pages until there are none, one at a time', async () => {
    await pages[0]?.resolve([candle(10)]);
    void feed.loadOlder();
    void feed.loadOlder();
    expect(pages).toHaveLength(2);
    expect(pages[1]?.to).toBe(10 * MINUTE);
    await pages[1]?.resolve([candle(8), candle(9)]);
    expect(minutes()).toEqual([8, 9, 10]);
    void feed.loadOlder();
    await pages[2]?.resolve([]);
    void feed.loadOlder();
    expect(pages).toHaveLength(3);
  });

  test('an older page that fails may be asked for again', async () => {
    await pages[0]?.resolve([candle(10)]);
    void feed.loadOlder();
    await pages[1]?.reject();
    void feed.loadOlder();
    expect(pages).toHaveLength(3);
  });

  test('says that the first page failed, and recovers', async () => {
    await pages[0]?.reject();
    expect(states).toEqual(['loading', 'error']);
    feed.load();
    await pages[1]?.resolve([candle(1)]);
    expect(states).toEqual(['loading', 'error', 'loading', 'ready']);
  });

  test('recovers by itself when the connection is back', async () => {
    await pages[0]?.reject();
    live('snapshot', candle(2));
    await pages[1]?.resolve([candle(1), candle(2)]);
    expect(states.at(-1)).toBe('ready');
    expect(minutes()).toEqual([1, 2]);
  });

  test('fills in what it missed while the connection was away', async () => {
    await pages[0]?.resolve([candle(1)]);
    live('snapshot', candle(4));
    await pages[1]?.resolve([candle(1), candle(2), candle(3)]);
    expect(minutes()).toEqual([1, 2, 3, 4]);
    expect(states.filter((state) => state === 'loading')).toHaveLength(1);
  });

  test('keeps what it shows when that reload fails', async () => {
    await pages[0]?.resolve([candle(1)]);
    live('snapshot', candle(4));
    await pages[1]?.reject();
    expect(states.at(-1)).toBe('ready');
  });

  test('is silent once closed', async () => {
    feed.close();
    await pages[0]?.resolve([candle(1)]);
    expect(left).toBe(true);
    expect(series).toEqual([]);
  });
});
