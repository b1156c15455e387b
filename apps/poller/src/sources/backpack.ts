import type { Logger } from '@repo/service';
import type { Instrument } from '@repo/trading-core';
import { AssetMarkets, type Market } from './asset-markets.ts';
import { fetchBackpackSymbols } from './backpack-markets.ts';
import { BinanceFeed } from './binance.ts';
import { QuoteReader } from './quote-reader.ts';
import { ReconnectingSocket, type SocketTiming } from './reconnecting-socket.ts';
import type { FeedHandlers, PriceFeed, RawQuote } from './source.ts';
import { backpackSymbols, binanceSymbol } from './symbols.ts';

interface BackpackFeedOptions {
  readonly url: string;
  readonly restUrl: string;
  /** Where an asset's prices come from when Backpack has no market for it that speaks. */
  readonly binanceUrl: string;
  readonly instruments: readonly Instrument[];
  readonly timing: SocketTiming;
  /** A market that says nothing for so long after it was subscribed to is given up for the next, ms. */
  readonly firstFrameMs: number;
  readonly logger: Logger;
}

/** Backpack Exchange's public book ticker; per asset its perpetual market, then Binance, where the spot is silent. */
export class BackpackFeed implements PriceFeed {
  readonly source = 'backpack';
  readonly #options: BackpackFeedOptions;
  readonly #markets = new Map<string, AssetMarkets>();
  readonly #bySymbol = new Map<string, { market: Market; markets: AssetMarkets }>();
  readonly #firstFrameTimers = new Map<string, NodeJS.Timeout>();
  readonly #reader: QuoteReader;
  readonly #socket: ReconnectingSocket;
  readonly #stopping = new AbortController();
  #handlers: FeedHandlers | undefined;
  #binance: BinanceFeed | undefined;
  #listed: ReadonlySet<string> | undefined;
  #epoch = 0;

  constructor(options: BackpackFeedOptions) {
    this.#options = options;
    for (const instrument of options.instruments) {
      const [spot, perpetual] = backpackSymbols(instrument);
      const markets = new AssetMarkets(instrument, [
        { source: 'backpack', symbol: spot },
        { source: 'backpack', symbol: perpetual },
        { source: 'binance', symbol: binanceSymbol(instrument) },
      ]);
      this.#markets.set(instrument.asset, markets);
      for (const market of markets.all) this.#bySymbol.set(market.symbol, { market, markets });
    }
    this.#reader = new QuoteReader(this.source, options.logger);
    this.#socket = new ReconnectingSocket({
      url: options.url,
      timing: options.timing,
      onOpen: () => this.#onOpen(),
      onMessage: (text, receivedAtMs) => this.#read(text, receivedAtMs),
      onState: (state, reason) => {
        if (state === 'closed') {
          options.logger.warn({ source: this.source, reason }, 'the connection to the source was lost');
          this.#onClosed();
        }
        this.#handlers?.onConnection(this.source, state);
      },
    });
  }

  start(handlers: FeedHandlers): void {
    this.#handlers = handlers;
    this.#socket.start();
    fetchBackpackSymbols(this.#options.restUrl, this.#stopping.signal).then(
      (symbols) => this.#onListed(symbols),
      (error: unknown) => this.#options.logger.debug({ err: error }, 'the list of markets could not be read'),
    );
  }

  renew(asset: string): void {
    const markets = this.#markets.get(asset);
    if (markets === undefined) return;
    markets.silence();
    this.#epoch += 1;
    for (const market of markets.tried) this.#subscribe(markets, market);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#firstFrameTimers.values()) clearTimeout(timer);
    this.#firstFrameTimers.clear();
    await Promise.all([this.#socket.stop(), this.#binance?.stop()]);
    this.#handlers = undefined;
  }

  #onOpen(): void {
    this.#epoch += 1;
    this.#reader.connected();
    for (const markets of this.#markets.values()) {
      for (const market of markets.tried) if (market.source === 'backpack') this.#subscribe(markets, market);
    }
  }

  /** Waits for frames only while there is a connection that could bring them. */
  #onClosed(): void {
    for (const timer of this.#firstFrameTimers.values()) clearTimeout(timer);
    for (const markets of this.#markets.values()) markets.silence(this.source);
  }

  #onListed(symbols: ReadonlySet<string>): void {
    if (this.#stopping.signal.aborted) return;
    this.#listed = symbols;
    for (const markets of this.#markets.values()) {
      if (markets.primary === undefined && !this.#isListed(markets.last)) this.#giveUp(markets, 'is not listed');
    }
  }

  #isListed(market: Market): boolean {
    return market.source !== 'backpack' || this.#listed === undefined || this.#listed.has(market.symbol);
  }

  /** One frame a symbol: an error names no stream, and must not take the other symbols with it. */
  #subscribe(markets: AssetMarkets, market: Market): void {
    if (market.source === 'binance') {
      this.#followBinance(markets.instrument);
      return;
    }
    const frame = { method: 'SUBSCRIBE', params: [`bookTicker.${market.symbol}`] };
    if (!this.#socket.send(JSON.stringify(frame))) return;
    const { asset } = markets.instrument;
    clearTimeout(this.#firstFrameTimers.get(asset));
    const { firstFrameMs } = this.#options;
    const giveUp = () => this.#giveUp(markets, `said nothing for ${firstFrameMs} ms`);
    this.#firstFrameTimers.set(asset, setTimeout(giveUp, firstFrameMs));
  }

  #giveUp(markets: AssetMarkets, why: string): void {
    const { logger } = this.#options;
    const silent = markets.last;
    const next = markets.tryNext((market) => this.#isListed(market));
    const { asset } = markets.instrument;
    if (next === undefined) {
      logger.warn({ asset, why }, `${silent.symbol} ${why} and ${asset} has no other source`);
      return;
    }
    logger.warn({ asset, why, next }, `${silent.symbol} ${why}: trying ${next.symbol} of ${next.source}`);
    this.#subscribe(markets, next);
  }

  #followBinance(instrument: Instrument): void {
    const { binanceUrl, timing, logger } = this.#options;
    if (this.#binance !== undefined) {
      this.#binance.follow(instrument);
      return;
    }
    this.#binance = new BinanceFeed({ url: binanceUrl, instruments: [instrument], timing, logger });
    if (this.#handlers !== undefined) {
      this.#binance.start({ ...this.#handlers, onQuote: (quote) => this.#hear(quote) });
    }
  }

  #read(text: string, receivedAtMs: number): void {
    if (this.#handlers === undefined) return;
    const frame = this.#reader.read(text, this.#handlers);
    if (frame === undefined) return;
    const { kind: _, ...quote } = frame;
    const known = this.#bySymbol.get(frame.symbol);
    if (known?.market.source !== this.source) {
      this.#handlers.onUnusable(this.source, 'unknown-symbol');
      return;
    }
    const { asset } = known.markets.instrument;
    this.#hear({ ...quote, asset, source: this.source, epoch: this.#epoch, receivedAtMs, role: 'primary' });
  }

  #hear(quote: RawQuote): void {
    const known = this.#bySymbol.get(quote.symbol);
    if (known === undefined) return;
    clearTimeout(this.#firstFrameTimers.get(quote.asset));
    const { isPrimary, changed } = known.markets.heard(known.market);
    if (changed) {
      const { asset, symbol, source } = quote;
      this.#options.logger.info({ asset, symbol, source }, `${asset} is priced by ${symbol} of ${source}`);
    }
    this.#handlers?.onQuote({ ...quote, role: isPrimary ? 'primary' : 'witness' });
  }
}
