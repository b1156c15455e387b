import type { RawQuote } from '../sources/source.ts';
import type { DropReason } from './drop-reason.ts';
import { JumpGuard } from './jump-guard.ts';
import { parseQuote, type Quote } from './parse-quote.ts';
import { SpreadGuard } from './spread-guard.ts';
import { UpdateIdGuard } from './update-id-guard.ts';

/** The filters of one asset. What it has seen is all it knows: the same quotes give the same verdicts. */
export class QuoteFilter {
  readonly #updateIds = new UpdateIdGuard();
  readonly #spreads = new SpreadGuard();
  readonly #jumps = new JumpGuard();

  /** The quote to pass on, or why not. */
  judge(raw: RawQuote): Quote | DropReason {
    const quote = parseQuote(raw.bid, raw.ask);
    const numbered = raw.updateId !== undefined;
    // A crossed quote still moves the numbering on; one that cannot be read does not, its number may be as wrong.
    if (typeof quote === 'string' && quote !== 'crossed') return quote;
    if (numbered && !this.#updateIds.accepts({ epoch: epochOf(raw), id: raw.updateId })) {
      return 'non-increasing-update-id';
    }
    if (typeof quote === 'string') return quote;
    if (!this.#spreads.accepts(marketOf(raw), quote.spread, quote.mid)) return 'spread-too-wide';
    if (!this.#jumps.accepts(quote.mid, raw.receivedAtMs)) return 'price-jump';
    return quote;
  }

  /** Takes a quote of another market as evidence only. */
  witness(raw: RawQuote): void {
    const quote = parseQuote(raw.bid, raw.ask);
    if (typeof quote !== 'string') this.#jumps.witness(quote.mid, raw.receivedAtMs);
  }
}

function marketOf(raw: RawQuote): string {
  return `${raw.source}:${raw.symbol}`;
}

function epochOf(raw: RawQuote): string {
  return `${raw.source}:${raw.symbol}:${raw.epoch}`;
}
