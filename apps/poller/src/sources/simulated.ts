import { monotonicMs } from '@repo/service';
import type { Instrument } from '@repo/trading-core';
import { simulateMarket } from './simulated-market.ts';
import type { FeedHandlers, PriceFeed } from './source.ts';

/** Markets made up from a seed: for demonstrations and tests without a network. */
export class SimulatedFeed implements PriceFeed {
  readonly source = 'simulated';
  readonly #instruments: readonly Instrument[];
  readonly #seed: number;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #handlers: FeedHandlers | undefined;

  constructor(options: { readonly instruments: readonly Instrument[]; readonly seed: number }) {
    this.#instruments = options.instruments;
    this.#seed = options.seed;
  }

  start(handlers: FeedHandlers): void {
    this.#handlers = handlers;
    handlers.onConnection(this.source, 'open');
    for (const instrument of this.#instruments) this.#run(instrument);
  }

  /** Nothing to ask for: a simulated market does not stop. */
  renew(): void {}

  async stop(): Promise<void> {
    this.#handlers = undefined;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #run(instrument: Instrument): void {
    const { asset } = instrument;
    const market = simulateMarket(instrument, this.#seed);
    let updateId = 0n;
    const scheduleNext = () => {
      const { afterMs, bid, ask } = market.next().value;
      updateId += 1n;
      // The first quote comes at once, so that a start does not wait for a quiet spell.
      const waitMs = updateId === 1n ? 0 : afterMs;
      const emit = () => {
        const receivedAtMs = monotonicMs();
        const origin = { asset, symbol: asset, source: this.source, epoch: 1 } as const;
        this.#handlers?.onQuote({ ...origin, bid, ask, updateId, receivedAtMs, role: 'primary' });
        scheduleNext();
      };
      this.#timers.set(asset, setTimeout(emit, waitMs));
    };
    scheduleNext();
  }
}
