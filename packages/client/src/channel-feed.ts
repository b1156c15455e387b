import type { Channel, Price, PriceWithStart, ServerFrame } from '@repo/schemas';
import type { Candle } from '@repo/trading-core';

/** A snapshot or update of `prices`. */
export type PricesFrame = Extract<ServerFrame, { readonly channel: 'prices' }>;
/** A snapshot or update of a candle channel. */
export type CandlesFrame = Extract<ServerFrame, { readonly channel: `candles:${string}` }>;
export type ChannelFrame = PricesFrame | CandlesFrame;
export type FrameOf<C extends Channel> = C extends 'prices' ? PricesFrame : CandlesFrame;

/** One channel as the client sees it: where its sequence stands, its latest state, and who listens. */
export class ChannelFeed {
  readonly channel: Channel;
  readonly listeners = new Set<(frame: ChannelFrame) => void>();
  readonly #prices = new Map<string, PriceWithStart>();
  #candle: Candle | undefined;
  /** Absent while a snapshot is awaited: updates mean nothing until it comes. */
  #sequence: number | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  /** A snapshot is on its way. */
  await(): void {
    this.#sequence = undefined;
  }

  /** Takes a frame in. `gap`: an update was lost, and only a new snapshot helps. */
  take(frame: ChannelFrame): 'taken' | 'ignored' | 'gap' {
    if (frame.type === 'update') {
      if (this.#sequence === undefined) return 'ignored';
      if (frame.sequence !== this.#sequence + 1) {
        this.#sequence = undefined;
        return 'gap';
      }
    }
    this.#sequence = frame.sequence;
    if (frame.channel !== 'prices') this.#candle = frame.data.at(-1) ?? this.#candle;
    else if (frame.type === 'snapshot') this.#start(frame.data);
    else this.#update(frame.data);
    return 'taken';
  }

  /** The state so far as a snapshot, for a listener that comes late; none while one is awaited. */
  snapshot(): ChannelFrame | undefined {
    const sequence = this.#sequence;
    if (sequence === undefined) return undefined;
    if (this.channel === 'prices') {
      return { channel: this.channel, type: 'snapshot', sequence, data: [...this.#prices.values()] };
    }
    return {
      channel: this.channel,
      type: 'snapshot',
      sequence,
      data: this.#candle === undefined ? [] : [this.#candle],
    };
  }

  #start(prices: readonly PriceWithStart[]): void {
    this.#prices.clear();
    for (const price of prices) this.#prices.set(price.asset, price);
  }

  #update(prices: readonly Price[]): void {
    for (const price of prices) {
      // An asset that first appears in an update starts with it.
      const startPrice = this.#prices.get(price.asset)?.startPrice ?? price.price;
      this.#prices.set(price.asset, { ...price, startPrice });
    }
  }
}
