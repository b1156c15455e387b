import type { Logger } from '@repo/service';
import type { Instrument } from '@repo/trading-core';
import { QuoteReader } from './quote-reader.ts';
import { ReconnectingSocket, type SocketTiming } from './reconnecting-socket.ts';
import type { FeedHandlers, PriceFeed } from './source.ts';
import { binanceSymbol } from './symbols.ts';

interface BinanceFeedOptions {
  readonly url: string;
  readonly instruments: readonly Instrument[];
  readonly timing: SocketTiming;
  readonly logger: Logger;
}

// Binance ends a connection after 24 h; ours is renewed before that.
const LIFE_MS = 23.5 * 3_600_000;

/** Binance's public book ticker, no key needed. */
export class BinanceFeed implements PriceFeed {
  readonly source = 'binance';
  readonly #bySymbol = new Map<string, Instrument>();
  readonly #reader: QuoteReader;
  readonly #socket: ReconnectingSocket;
  #handlers: FeedHandlers | undefined;
  #epoch = 0;
  #requestId = 0;

  constructor(options: BinanceFeedOptions) {
    const { url, timing, logger } = options;
    for (const instrument of options.instruments) this.#bySymbol.set(binanceSymbol(instrument), instrument);
    this.#reader = new QuoteReader(this.source, logger);
    this.#socket = new ReconnectingSocket({
      url,
      timing,
      lifeMs: LIFE_MS,
      onOpen: () => {
        this.#reader.connected();
        this.#subscribe([...this.#bySymbol.keys()]);
      },
      onMessage: (text, receivedAtMs) => this.#read(text, receivedAtMs),
      onState: (state, reason) => {
        if (state === 'connecting') this.#epoch += 1;
        if (state === 'closed') logger.warn({ source: this.source, reason }, 'the connection to the source was lost');
        this.#handlers?.onConnection(this.source, state);
      },
    });
  }

  start(handlers: FeedHandlers): void {
    this.#handlers = handlers;
    this.#socket.start();
  }

  /** Subscribes to one more instrument, or anew to one it has. */
  follow(instrument: Instrument): void {
    const symbol = binanceSymbol(instrument);
    this.#bySymbol.set(symbol, instrument);
    this.#epoch += 1;
    this.#subscribe([symbol]);
  }

  renew(asset: string): void {
    for (const instrument of this.#bySymbol.values()) if (instrument.asset === asset) this.follow(instrument);
  }

  stop(): Promise<void> {
    return this.#socket.stop();
  }

  #subscribe(symbols: readonly string[]): void {
    this.#requestId += 1;
    const params = symbols.map((symbol) => `${symbol.toLowerCase()}@bookTicker`);
    this.#socket.send(JSON.stringify({ method: 'SUBSCRIBE', params, id: this.#requestId }));
  }

  #read(text: string, receivedAtMs: number): void {
    if (this.#handlers === undefined) return;
    const frame = this.#reader.read(text, this.#handlers);
    if (frame === undefined) return;
    const { kind: _, ...quote } = frame;
    const instrument = this.#bySymbol.get(frame.symbol);
    if (instrument === undefined) {
      this.#handlers.onUnusable(this.source, 'unknown-symbol');
      return;
    }
    const { asset } = instrument;
    this.#handlers.onQuote({
      ...quote,
      asset,
      source: this.source,
      epoch: this.#epoch,
      receivedAtMs,
      role: 'primary',
    });
  }
}
