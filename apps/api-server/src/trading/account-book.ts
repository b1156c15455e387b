import type { LoadedAccount } from '@repo/db';
import type { AccountState } from '@repo/schemas';
import {
  type Account,
  defaultProfiles,
  type Event,
  evolve,
  keepQuote,
  loadShard,
  micros,
  type Quote,
  type Shard,
} from '@repo/trading-core';
import { presentAccount } from './present/present-account.ts';
import { presentOrder } from './present/present-order.ts';
import { presentPosition } from './present/present-position.ts';

// What bounds the firm is the engine's business; here nothing is decided.
const options = { profiles: defaultProfiles, grossNotionalMax: micros(Number.MAX_SAFE_INTEGER), recentOrdersMax: 1 };

/**
 * One account as the engine has it: loaded from the books, with the events since then folded in, valued at the prices
 * it is given. A shard of a single account, so that every figure is computed by the functions that the engine uses.
 */
export class AccountBook {
  readonly shardId: number;
  readonly shard: Shard;
  readonly #openedAt: number;
  readonly #acceptedAt: Map<number, number>;
  readonly #account: Account;

  constructor(loaded: LoadedAccount) {
    this.shardId = loaded.shard;
    this.shard = loadShard(options, loaded.snapshot);
    this.#openedAt = loaded.openedAt;
    this.#acceptedAt = new Map(loaded.acceptedAt);
    this.#account = this.shard.accounts.get(loaded.accountId) as Account;
  }

  /** Of the last event it knows. */
  get sequence(): number {
    return this.shard.sequence;
  }

  /** When a pending order was accepted, ms since the epoch. */
  acceptedAt(orderId: number): number {
    return this.#acceptedAt.get(orderId) ?? 0;
  }

  /** Folds an event of this account, or of its shard as a whole. One that it knows already changes nothing. */
  apply(event: Event): void {
    if (event.sequence <= this.shard.sequence) return;
    if (event.type === 'order-accepted') this.#acceptedAt.set(event.orderId, event.at);
    if ('fill' in event) this.value([event.fill.quote]);
    evolve(this.shard, event);
  }

  /** Values what is held at newer prices. */
  value(quotes: Iterable<Quote>): void {
    for (const quote of quotes) {
      const market = this.shard.markets.get(quote.asset);
      if (market !== undefined) keepQuote(market, quote);
    }
  }

  account(): AccountState['account'] {
    return presentAccount(this.#account, this.#openedAt);
  }

  state(): AccountState {
    const { shardId } = this;
    return {
      account: this.account(),
      orders: Array.from(this.shard.orders.values(), ({ id, account, terms, isTriggered }) =>
        presentOrder({
          shard: shardId,
          id,
          accountId: account.id,
          terms,
          status: 'accepted',
          isTriggered,
          acceptedAt: this.acceptedAt(id),
        }),
      ),
      positions: Array.from(this.shard.positions.values(), (position) => presentPosition(position, shardId)),
    };
  }
}
