import type { PriceSource } from '@repo/schemas';
import type { DropReason } from '../policy/drop-reason.ts';

/** A best bid and ask as a source said it, unchecked. */
export interface RawQuote {
  readonly source: PriceSource;
  /** Our symbol, e.g. `SOL_USDC`. */
  readonly asset: string;
  /** The source's own name of the market, e.g. `SOLUSDT`. */
  readonly symbol: string;
  readonly bid: string;
  readonly ask: string;
  /** Rises within an epoch. */
  readonly updateId?: bigint;
  /** Numbers the connection or subscription: a new one may number its updates anew. */
  readonly epoch: number;
  /** When it was received, ms of the monotonic clock. */
  readonly receivedAtMs: number;
  /** `primary` is the asset's price; a `witness` comes from another market and is evidence only. */
  readonly role: 'primary' | 'witness';
}

export type ConnectionState = 'connecting' | 'open' | 'closed';

/** A plain object: feeds made of feeds spread it. */
export interface FeedHandlers {
  onQuote(quote: RawQuote): void;
  /** A frame that should be a quote and is none. */
  onUnusable(source: PriceSource, reason: Extract<DropReason, 'malformed' | 'unknown-symbol'>): void;
  /** The source complained. */
  onError(source: PriceSource): void;
  onConnection(source: PriceSource, state: ConnectionState): void;
  /** Resolves when all handed over so far is published; a source that can wait does not outrun the readers. */
  published(): Promise<void>;
}

/** Where quotes come from. Recovers by itself from everything that happens after `start`. */
export interface PriceFeed {
  readonly source: PriceSource;
  start(handlers: FeedHandlers): void;
  /** The asset's quotes have stopped: ask for them again, if this source can. */
  renew(asset: string): void;
  /** No handler is called after it resolves. */
  stop(): Promise<void>;
}
