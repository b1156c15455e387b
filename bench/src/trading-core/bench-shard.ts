import {
  type Accepted,
  type Command,
  createShard,
  decide,
  defaultProfiles,
  micros,
  type PlaceOrder,
  type Profile,
  type Quote,
  receiveQuote,
  type Shard,
} from '@repo/trading-core';
import { BENCH_AT, benchInstruments, quoteSource } from './instruments.ts';

const unlimited: readonly Profile[] = defaultProfiles.map((profile) => ({
  ...profile,
  notionalMax: micros(Number.MAX_SAFE_INTEGER),
  openPositionsMax: 1_000_000,
}));

/** A shard with the benchmarks' instruments, quoted, and the means to feed it. A refusal ends the benchmark. */
export class BenchShard {
  readonly shard: Shard;
  readonly quoteOf: ReadonlyMap<string, (bid: number) => Quote>;
  #orders = 0;

  constructor(recentOrdersMax = 1_000) {
    this.shard = createShard({
      profiles: unlimited,
      grossNotionalMax: micros(Number.MAX_SAFE_INTEGER),
      recentOrdersMax,
    });
    this.quoteOf = new Map(benchInstruments.map((instrument) => [instrument.terms.asset, quoteSource(instrument)]));
    for (const { terms } of benchInstruments) this.decide({ type: 'list-instrument', at: BENCH_AT, terms });
    for (const { terms, bid } of benchInstruments) this.quote(terms.asset, bid);
  }

  decide(command: Command): Accepted {
    const outcome = decide(this.shard, command);
    if (outcome.type !== 'accepted') throw new Error(`${JSON.stringify(command)}: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  quote(asset: string, bid: number): Accepted {
    const quote = this.nextQuote(asset, bid);
    const outcome = receiveQuote(this.shard, quote);
    if (outcome.type !== 'accepted') throw new Error(`${JSON.stringify(quote)}: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  nextQuote(asset: string, bid: number): Quote {
    const next = this.quoteOf.get(asset);
    if (next === undefined) throw new Error(`no quotes of ${asset}`);
    return next(bid);
  }

  /** @param deposit in units of the account currency. */
  openAccounts(count: number, deposit: number, prefix = 'account'): readonly string[] {
    const ids = Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(6, '0')}`);
    for (const accountId of ids) {
      this.decide({ type: 'open-account', at: BENCH_AT, accountId, mode: 'hedging', profile: 'professional' });
      this.decide({ type: 'deposit', at: BENCH_AT, accountId, amount: micros(deposit * 1_000_000) });
    }
    return ids;
  }

  /** Places an order, at the market unless said otherwise. */
  place(order: Pick<PlaceOrder, 'accountId' | 'asset' | 'side' | 'quantity'> & Partial<PlaceOrder>): Accepted {
    this.#orders += 1;
    return this.decide({
      type: 'place-order',
      at: BENCH_AT,
      clientOrderId: `order-${this.#orders}`,
      orderType: 'market',
      ...order,
    });
  }

  /** Ends the benchmark unless so many positions are open. */
  expectOpen(count: number): void {
    expectCount('open positions', this.shard.positions.size, count);
  }
}

/** Ends the benchmark unless what was to be measured happened. */
export function expectCount(what: string, seen: number, expected: number): void {
  if (seen !== expected) throw new Error(`${what}: ${seen} instead of ${expected}`);
}
