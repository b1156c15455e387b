import { ChannelSchema, channelsPerConnectionMax, type frameErrorCodes } from '@repo/schemas';
import { type CandleInterval, defaultInstruments } from '@repo/trading-core';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import { CandlesSource } from './candles-source.ts';
import { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import { FlushTimer } from './flush-timer.ts';
import { PricesSource } from './prices-source.ts';
import type { WebSocketMetrics } from './websocket-metrics.ts';

export type ChannelRefusal = Extract<
  (typeof frameErrorCodes)[number],
  'unknown-channel' | 'unknown-instrument' | 'too-many-channels'
>;

/** Every channel somebody listens to, and when each is flushed. A candle channel exists while it has subscribers. */
export class Channels {
  readonly #candles: CandleBoard;
  readonly #metrics: WebSocketMetrics;
  readonly #prices: Channel;
  /** By asset, then by channel name. */
  readonly #candleChannels = new Map<string, Map<string, { channel: Channel; source: CandlesSource }>>();
  readonly #flushTimer: FlushTimer;
  readonly #stops: readonly (() => void)[];

  constructor(options: {
    readonly board: PriceBoard;
    readonly candles: CandleBoard;
    readonly flushIntervalMs: number;
    readonly metrics: WebSocketMetrics;
  }) {
    this.#candles = options.candles;
    this.#metrics = options.metrics;
    for (const { asset } of defaultInstruments) this.#candleChannels.set(asset, new Map());
    const source = new PricesSource(options.board);
    this.#prices = new Channel('prices', source);
    this.#flushTimer = new FlushTimer(options.flushIntervalMs, () => this.#flush());
    this.#stops = [
      options.board.onUpdate((update) => {
        source.note(update);
        this.#prices.touch();
        this.#flushTimer.request();
      }),
      options.candles.onCandle((asset) => {
        for (const { channel, source: candle } of this.#candleChannels.get(asset)?.values() ?? []) {
          if (!candle.note()) continue;
          channel.touch();
          this.#flushTimer.request();
        }
      }),
    ];
  }

  /** Subscribes a client, or subscribes it anew: either way it gets a snapshot. @returns why not, when it cannot be. */
  join(connection: Connection, name: string): ChannelRefusal | undefined {
    const held = connection.channels.get(name);
    if (held === undefined && connection.channels.size >= channelsPerConnectionMax) return 'too-many-channels';
    const channel = held ?? this.#find(name);
    if (typeof channel === 'string') return channel;
    if (held === undefined) {
      connection.channels.set(name, channel);
      channel.subscribers.add(connection);
      this.#metrics.subscriptions.inc();
    }
    connection.deliver(channel.snapshot());
    return undefined;
  }

  /** Takes a client off a channel; one it does not hold is none to leave. */
  leave(connection: Connection, name: string): void {
    const channel = connection.channels.get(name);
    if (channel === undefined) return;
    connection.channels.delete(name);
    channel.subscribers.delete(connection);
    this.#metrics.subscriptions.dec();
    if (channel.subscribers.size === 0) this.#candleChannels.get(assetOf(name))?.delete(name);
  }

  leaveAll(connection: Connection): void {
    for (const name of connection.channels.keys()) this.leave(connection, name);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#flushTimer.close();
  }

  #find(name: string): Channel | ChannelRefusal {
    if (!ChannelSchema.safeParse(name).success) return 'unknown-channel';
    if (name === this.#prices.name) return this.#prices;
    const channels = this.#candleChannels.get(assetOf(name));
    if (channels === undefined) return 'unknown-instrument';
    const known = channels.get(name);
    if (known !== undefined) return known.channel;
    // The schema above has checked that an interval it is.
    const source = new CandlesSource(this.#candles, assetOf(name), name.split(':')[2] as CandleInterval);
    const channel = new Channel(name, source);
    channels.set(name, { channel, source });
    return channel;
  }

  #flush(): void {
    this.#flushOne(this.#prices);
    for (const channels of this.#candleChannels.values()) {
      for (const { channel } of channels.values()) this.#flushOne(channel);
    }
  }

  #flushOne(channel: Channel): void {
    const flushed = channel.flush();
    if (flushed === undefined) return;
    this.#metrics.frames.inc();
    this.#metrics.deliveries.inc(flushed.deliveries);
    this.#metrics.skippedDeliveries.inc(flushed.skipped);
  }
}

/** `candles:ASSET:INTERVAL` → ASSET. */
function assetOf(name: string): string {
  return name.split(':')[1] ?? '';
}
