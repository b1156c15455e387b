import type { ApiClient, CandlesFrame, PriceStream } from '@repo/client';
import type { Candle, CandleInterval } from '@repo/trading-core';
import { joinCandles } from './candle-history.ts';

export type CandleFeedState = 'loading' | 'ready' | 'error';

export interface CandleFeedOptions {
  readonly api: Pick<ApiClient, 'candles'>;
  readonly stream: Pick<PriceStream, 'subscribe'>;
  readonly asset: string;
  readonly interval: CandleInterval;
  /** The whole series anew, oldest first. */
  readonly onSeries: (candles: readonly Candle[]) => void;
  /** The last candle anew, or one after it. */
  readonly onLast: (candle: Candle, before: Candle | undefined) => void;
  readonly onState: (state: CandleFeedState) => void;
}

const PAGE = 500;

/**
 * The candles of one asset and interval: history by HTTP, page by page into the past, the one in progress by
 * WebSocket. After the connection was away the missed stretch is loaded.
 */
export class CandleFeed {
  readonly #options: CandleFeedOptions;
  readonly #stop = new AbortController();
  readonly #leave: () => void;
  #candles: readonly Candle[] = [];
  #loaded = false;
  #failed = false;
  #loadingOlder = false;
  #oldestReached = false;

  constructor(options: CandleFeedOptions) {
    this.#options = options;
    this.#leave = options.stream.subscribe(`candles:${options.asset}:${options.interval}`, (frame) =>
      this.#take(frame),
    );
    this.load();
  }

  /** Loads the newest page; called again, it tries again. */
  load(): void {
    if (!this.#loaded) this.#options.onState('loading');
    void this.#loadNewest();
  }

  /** Loads the page before the oldest candle, unless there is none or it is on its way. */
  async loadOlder(): Promise<void> {
    const oldest = this.#candles[0];
    if (!this.#loaded || this.#loadingOlder || this.#oldestReached || oldest === undefined) return;
    this.#loadingOlder = true;
    const page = await this.#fetch(oldest.openTime);
    this.#loadingOlder = false;
    // Failed: the next scroll to the left asks again.
    if (page === undefined) return;
    this.#oldestReached = page.length === 0;
    if (!this.#oldestReached) this.#become(joinCandles(page, this.#candles));
  }

  close(): void {
    this.#stop.abort();
    this.#leave();
  }

  async #loadNewest(): Promise<void> {
    const page = await this.#fetch(undefined);
    if (this.#stop.signal.aborted) return;
    this.#failed = page === undefined;
    if (page === undefined) {
      if (!this.#loaded) this.#options.onState('error');
      return;
    }
    this.#loaded = true;
    // What came live meanwhile is newer than the page.
    const live = this.#candles.filter(({ openTime }) => openTime >= (page.at(-1)?.openTime ?? 0));
    this.#become(joinCandles(joinCandles(this.#candles, page), live));
    this.#options.onState('ready');
  }

  /** A page of candles; `undefined` when it could not be had. */
  async #fetch(to: number | undefined): Promise<readonly Candle[] | undefined> {
    const { api, asset, interval } = this.#options;
    try {
      const query = { asset, interval, limit: PAGE, ...(to === undefined ? {} : { to }) };
      return (await api.candles(query, { signal: this.#stop.signal })).items;
    } catch {
      return undefined;
    }
  }

  #become(candles: readonly Candle[]): void {
    this.#candles = candles;
    if (!this.#stop.signal.aborted) this.#options.onSeries(candles);
  }

  #take(frame: CandlesFrame): void {
    // A snapshot after the first answer: the connection is back, and candles may have been missed.
    if (frame.type === 'snapshot' && (this.#loaded || this.#failed)) this.load();
    for (const candle of frame.data) this.#takeLive(candle);
  }

  #takeLive(candle: Candle): void {
    const last = this.#candles.at(-1);
    if (last !== undefined && candle.openTime < last.openTime) {
      this.#become(joinCandles(this.#candles, [candle]));
      return;
    }
    const isNew = last === undefined || candle.openTime > last.openTime;
    this.#candles = isNew ? [...this.#candles, candle] : [...this.#candles.slice(0, -1), candle];
    if (this.#loaded) this.#options.onLast(candle, isNew ? last : undefined);
  }
}
