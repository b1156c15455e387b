import { ChannelSchema, channelsPerConnectionMax, type frameErrorCodes } from '@repo/schemas';
import { type CandleInterval, defaultInstruments } from '@repo/trading-core';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import { CandlesSource } from './candles-source.ts';
import { Channel, type ChannelSource } from './channel.ts';
import type { Connection } from './connection.ts';
import { FanOut } from './fan-out.ts';
import { FlushTimer } from './flush-timer.ts';
import { PricesSource } from './prices-source.ts';
import type { WebSocketMetrics } from './websocket-metrics.ts';
import type { WebSocketSettings } from './websocket-settings.ts';

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
  readonly #cohortSize: number;
  readonly #fanOut: FanOut;
  readonly #flushTimer: FlushTimer;
  readonly #stops: readonly (() => void)[];

  constructor(options: {
    readonly board: PriceBoard;
    readonly candles: CandleBoard;
    readonly settings: WebSocketSettings;
    readonly metrics: WebSocketMetrics;
  }) {
    this.#candles = options.candles;
    this.#metrics = options.metrics;
    for (const { asset } of defaultInstruments) this.#candleChannels.set(asset, new Map());
    this.#cohortSize = options.settings.cohortSize;
    this.#fanOut = new FanOut(this.#cohortSize, options.metrics);
    this.#flushTimer = new FlushTimer(options.settings.flushIntervalMs, () => this.#flush());
    const source = new PricesSource(options.board);
    this.#prices = this.#create('prices', source);
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
      this.#metrics.subscriptions.inc();
    }
    channel.join(connection);
    return undefined;
  }

  /** Takes a client off a channel; one it does not hold is none to leave. */
  leave(connection: Connection, name: string): void {
    const channel = connection.channels.get(name);
    if (channel === undefined) return;
    connection.channels.delete(name);
    channel.leave(connection);
    this.#metrics.subscriptions.dec();
    if (channel.empty) this.#candleChannels.get(assetOf(name))?.delete(name);
  }

  leaveAll(connection: Connection): void {
    for (const name of connection.channels.keys()) this.leave(connection, name);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#flushTimer.close();
    this.#fanOut.close();
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
    const channel = this.#create(name, source);
    channels.set(name, { channel, source });
    return channel;
  }

  #create(name: string, source: ChannelSource): Channel {
    return new Channel({ name, source, fanOut: this.#fanOut, cohortSize: this.#cohortSize });
  }

  #flush(): void {
    let frames = this.#prices.flush() ? 1 : 0;
    for (const channels of this.#candleChannels.values()) {
      for (const { channel } of channels.values()) if (channel.flush()) frames += 1;
    }
    this.#metrics.frames.inc(frames);
    this.#fanOut.run();
  }
}

/** `candles:ASSET:INTERVAL` → ASSET. */
function assetOf(name: string): string {
  return name.split(':')[1] ?? '';
}
