import { ChannelSchema, channelsPerConnectionMax, type frameErrorCodes } from '@repo/schemas';
import { type CandleInterval, defaultInstruments } from '@repo/trading-core';
import type { CandleBoard } from '../prices/candle-board.ts';
import type { PriceBoard } from '../prices/price-board.ts';
import type { AccountChannels, AccountRefusal } from './account-channels.ts';
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
  'unknown-channel' | 'unknown-instrument' | 'session-required' | 'too-many-channels' | AccountRefusal
>;

/** Every channel somebody listens to, and when each is flushed. All but `prices` exist while they have subscribers. */
export class Channels {
  readonly #accounts: AccountChannels;
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
    readonly accounts: AccountChannels;
    readonly settings: WebSocketSettings;
    readonly metrics: WebSocketMetrics;
  }) {
    this.#accounts = options.accounts;
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

  /**
   * Subscribes a client, or subscribes it anew: either way it gets a snapshot.
   *
   * @returns why not, when it cannot be; of an account that is known only later.
   */
  join(connection: Connection, name: string): ChannelRefusal | undefined | Promise<ChannelRefusal | undefined> {
    const held = connection.channels.get(name);
    if (held === undefined && connection.channels.size >= channelsPerConnectionMax) return 'too-many-channels';
    if (isAccount(name)) return this.#joinAccount(connection, name);
    const channel = held ?? this.#find(name);
    if (typeof channel === 'string') return channel;
    this.#enter(connection, name, channel);
    return undefined;
  }

  /** Takes a client off a channel; one it does not hold is none to leave. */
  leave(connection: Connection, name: string): void {
    const channel = connection.channels.get(name);
    if (channel === undefined) return;
    connection.channels.delete(name);
    channel.leave(connection);
    this.#metrics.subscriptions.dec();
    if (!channel.empty) return;
    if (isAccount(name)) this.#accounts.drop(channel);
    else this.#candleChannels.get(assetOf(name))?.delete(name);
  }

  leaveAll(connection: Connection): void {
    for (const name of connection.channels.keys()) this.leave(connection, name);
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#flushTimer.close();
    this.#fanOut.close();
    this.#accounts.close();
  }

  #joinAccount(connection: Connection, name: string): ChannelRefusal | Promise<ChannelRefusal | undefined> {
    if (!ChannelSchema.safeParse(name).success) return 'unknown-channel';
    if (connection.session === undefined) return 'session-required';
    const { channel, opened } = this.#accounts.find(connection.session, name);
    this.#enter(connection, name, channel);
    return opened.then((refusal) => {
      // Who has left meanwhile, or was refused already, need not be told.
      if (refusal === undefined || connection.channels.get(name) !== channel) return undefined;
      this.leave(connection, name);
      return refusal;
    });
  }

  #enter(connection: Connection, name: string, channel: Channel): void {
    if (!connection.channels.has(name)) this.#metrics.subscriptions.inc();
    connection.channels.set(name, channel);
    channel.join(connection);
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
    const onFrame = () => this.#metrics.frames.inc();
    return new Channel({ name, source, fanOut: this.#fanOut, cohortSize: this.#cohortSize, onFrame });
  }

  #flush(): void {
    this.#prices.flush();
    for (const channels of this.#candleChannels.values()) {
      for (const { channel } of channels.values()) channel.flush();
    }
    this.#fanOut.run();
  }
}

function isAccount(name: string): boolean {
  return name === 'account' || name.startsWith('account:');
}

/** `candles:ASSET:INTERVAL` → ASSET. */
function assetOf(name: string): string {
  return name.split(':')[1] ?? '';
}
