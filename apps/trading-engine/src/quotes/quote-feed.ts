import { followTopic, type Kafka, type Received } from '@repo/kafka';
import { quoteOfPrice } from '@repo/schemas';
import { type Logger, monotonicMs } from '@repo/service';
import { defaultInstruments, type Instrument, type Quote } from '@repo/trading-core';

/** How often ages are looked at. */
const WATCH_MS = 250;

export interface QuoteFeedOptions {
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Told of each new quote. */
  readonly onQuote: (quote: Quote) => void;
  /** Told when nothing has been heard of an asset for longer than its instrument allows, whatever it said last. */
  readonly onSilence: (asset: string) => void;
}

interface Heard {
  readonly quote: Quote;
  readonly atMs: number;
  isSilent: boolean;
}

/**
 * Every price as it was published, in ticks: the poller has marked it up. Prices may be lost with the poller or the log,
 * so it also watches for silence, by the monotonic clock.
 */
export class QuoteFeed {
  readonly #options: QuoteFeedOptions;
  readonly #instruments: ReadonlyMap<string, Instrument> = new Map(defaultInstruments.map((one) => [one.asset, one]));
  readonly #heard = new Map<string, Heard>();
  readonly #follower: ReturnType<typeof followTopic>;
  readonly #watch: NodeJS.Timeout;

  constructor(options: QuoteFeedOptions) {
    this.#options = options;
    this.#follower = followTopic(options.kafka, {
      topic: 'price-updates',
      onMessages: (messages) => this.#take(messages),
      onInvalid: ({ partition, offset }, reason) =>
        options.logger.error({ partition, offset, reason }, 'unreadable price'),
    });
    this.#watch = setInterval(() => this.#lookForSilence(), WATCH_MS);
  }

  get ready(): Promise<void> {
    return this.#follower.ready;
  }

  /** The last quotes heard that still count, for a shard that begins now. */
  latest(): readonly Quote[] {
    return [...this.#heard.values()].filter(({ isSilent }) => !isSilent).map(({ quote }) => quote);
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await this.#follower.close();
  }

  #take(messages: readonly Received<'price-updates'>[]): void {
    for (const { message } of messages) {
      const { asset, bid, ask } = message;
      if (!this.#instruments.has(asset)) continue;
      const quote = quoteOfPrice(message);
      if (quote === undefined) {
        this.#options.logger.error({ asset, bid, ask }, 'a price that is not in whole ticks');
        continue;
      }
      const last = this.#heard.get(asset)?.quote;
      if (last !== undefined && quote.sequence <= last.sequence) continue;
      this.#heard.set(asset, { quote, atMs: monotonicMs(), isSilent: false });
      this.#options.onQuote(quote);
    }
  }

  #lookForSilence(): void {
    const nowMs = monotonicMs();
    for (const [asset, heard] of this.#heard) {
      const instrument = this.#instruments.get(asset);
      if (heard.isSilent || instrument === undefined || nowMs - heard.atMs <= instrument.staleAfterMs) continue;
      heard.isSilent = true;
      this.#options.onSilence(asset);
    }
  }
}
