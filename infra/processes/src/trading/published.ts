import type { PriceUpdate } from '@repo/schemas';
import { ticksOf } from './units.ts';

/** A quote as it was published, in ticks. */
export interface PublishedQuote {
  readonly asset: string;
  readonly bid: bigint;
  readonly ask: bigint;
  readonly sequence: number;
  readonly status: string;
  /** ms since the epoch, of the poller. */
  readonly at: number;
}

/** All quotes that were published, by asset and sequence. A sequence that comes twice must say the same. */
export class Published {
  readonly #quotes = new Map<string, Map<number, PublishedQuote>>();
  readonly #pairs = new Set<string>();
  readonly #ordered = new Map<string, PublishedQuote[]>();
  readonly conflicts: PublishedQuote[] = [];

  add({ asset, bid, ask, sequence, status, at }: PriceUpdate): void {
    const quote = { asset, bid: ticksOf(asset, bid), ask: ticksOf(asset, ask), sequence, status, at };
    const known = this.find(asset, sequence);
    if (known !== undefined) {
      if (known.bid !== quote.bid || known.ask !== quote.ask || known.status !== status) this.conflicts.push(quote);
      return;
    }
    const quotes = this.#quotes.get(asset) ?? new Map<number, PublishedQuote>();
    this.#quotes.set(asset, quotes.set(sequence, quote));
    const ordered = this.#ordered.get(asset) ?? [];
    this.#ordered.set(asset, ordered);
    const isNewest = (ordered.at(-1)?.sequence ?? -1) < sequence;
    ordered.push(quote);
    // What was missed when it came is read later.
    if (!isNewest) ordered.sort((one, other) => one.sequence - other.sequence);
    this.#pairs.add(`${asset} ${quote.bid} ${quote.ask}`);
  }

  find(asset: string, sequence: number): PublishedQuote | undefined {
    return this.#quotes.get(asset)?.get(sequence);
  }

  /** Whether these prices were ever published together. */
  has(asset: string, bid: bigint, ask: bigint): boolean {
    return this.#pairs.has(`${asset} ${bid} ${ask}`);
  }

  latest(asset: string): PublishedQuote | undefined {
    return this.#ordered.get(asset)?.at(-1);
  }

  /** Those of an asset, as they came. */
  of(asset: string): readonly PublishedQuote[] {
    return this.#ordered.get(asset) ?? [];
  }

  /** Those published between the two moments, and the one in force when they begin. */
  between(asset: string, from: number, to: number): readonly PublishedQuote[] {
    const all = this.of(asset);
    let first = all.findIndex(({ at }) => at >= from);
    if (first < 0) first = all.length;
    return all.slice(Math.max(0, first - 1)).filter(({ at }) => at <= to);
  }
}
