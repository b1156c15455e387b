import { randomUUID } from 'node:crypto';
import type { LoadedAccount } from '@repo/db';
import { type Kafka, partitionOfKey } from '@repo/kafka';
import { type PriceUpdate, type TradeEvent, tradeShards } from '@repo/schemas';
import {
  type Command,
  createShard,
  decide,
  defaultProfiles,
  defaultTerms,
  type Event,
  micros,
  type Outcome,
  type Quote,
  receiveQuote,
  type Shard,
  snapshotShard,
} from '@repo/trading-core';

/** The engine without its database: one shard of the core, its books read from memory, its events told by hand. */
export class CoreShard {
  readonly shardId: number;
  readonly shard: Shard = createShard({
    profiles: defaultProfiles,
    grossNotionalMax: micros(Number.MAX_SAFE_INTEGER),
    recentOrdersMax: 100,
  });
  /** All that has happened. */
  readonly events: Event[] = [];
  readonly #openedAt = new Map<string, number>();
  readonly #acceptedAt = new Map<number, number>();
  /** An account opened before counts as nobody's until it is told. */
  readonly userOf = new Map<string, string>();
  at = Date.UTC(2026, 0, 5);

  constructor(shardId: number) {
    this.shardId = shardId;
    for (const terms of defaultTerms) this.command({ type: 'list-instrument', at: this.at, terms });
  }

  /** An account of this shard with so much money, micros. */
  openAccount(options: { readonly deposit?: number; readonly mode?: 'hedging' | 'netting' } = {}): string {
    let accountId = randomUUID() as string;
    while (partitionOfKey(accountId, tradeShards) !== this.shardId) accountId = randomUUID();
    const { deposit = 10_000_000_000, mode = 'hedging' } = options;
    this.command({ type: 'open-account', at: this.at, accountId, mode, profile: 'professional' });
    if (deposit > 0) this.command({ type: 'deposit', at: this.at, accountId, amount: micros(deposit) });
    return accountId;
  }

  command(command: Command): Outcome {
    return this.#keep(decide(this.shard, command));
  }

  quote(quote: Quote): Outcome {
    return this.#keep(receiveQuote(this.shard, quote));
  }

  /** The account as committed now. */
  load(accountId: string): LoadedAccount | undefined {
    const snapshot = snapshotShard(this.shard);
    const account = snapshot.accounts.find(({ id }) => id === accountId);
    if (account === undefined) return undefined;
    const isOwn = (item: { readonly accountId: string }) => item.accountId === accountId;
    const orders = snapshot.orders.filter(isOwn);
    const markets = snapshot.markets.map((market) => ({
      ...market,
      quote: market.quote && { ...market.quote, status: 'stale' as const },
    }));
    return structuredClone({
      accountId,
      userId: this.userOf.get(accountId) ?? 'nobody',
      shard: this.shardId,
      openedAt: this.#openedAt.get(accountId) ?? 0,
      snapshot: {
        ...snapshot,
        markets,
        accounts: [account],
        orders,
        positions: snapshot.positions.filter(isOwn),
        recentOrders: [],
      },
      acceptedAt: orders.map(({ id }) => [id, this.#acceptedAt.get(id) ?? 0] as const),
    });
  }

  /** The newest quotes, as a price board would have them. */
  quotes(): Quote[] {
    return [...this.shard.markets.values()].flatMap(({ quote }) => quote ?? []);
  }

  /** Tells events as the engine does, from one number to another, both included. */
  async tell(kafka: Pick<Kafka, 'send'>, first = 1, last = this.events.length): Promise<void> {
    const messages = this.events.slice(first - 1, last).map((event) => toMessage(this.shardId, event));
    if (messages.length > 0) await kafka.send('trade-events', messages);
  }

  #keep(outcome: Outcome): Outcome {
    if (outcome.type !== 'accepted') return outcome;
    for (const event of outcome.events) {
      this.events.push(event);
      if (event.type === 'account-opened') this.#openedAt.set(event.accountId, event.at);
      if (event.type === 'order-accepted') this.#acceptedAt.set(event.orderId, event.at);
    }
    return outcome;
  }
}

function toMessage(shard: number, event: Event) {
  const accountId = 'accountId' in event ? event.accountId : null;
  const { sequence, type, at } = event;
  const message: TradeEvent = { id: randomUUID(), at, shard, sequence, accountId, commandId: null, type, data: event };
  return { key: accountId ?? keyOf(shard), value: JSON.stringify(message) };
}

function keyOf(shard: number): string {
  for (let number = 0; ; number += 1) {
    const key = `shard-${shard}-${number}`;
    if (partitionOfKey(key, tradeShards) === shard) return key;
  }
}

/** A quote as the wire has it. */
export function priceOf(quote: Quote, tickDecimals: number): Omit<PriceUpdate, 'id' | 'at'> {
  const [bid, ask] = [quote.bid, quote.ask].map((ticks) => (ticks / 10 ** tickDecimals).toFixed(tickDecimals));
  return {
    asset: quote.asset,
    price: (Number(bid) + Number(ask)) / 2,
    timestamp: quote.at,
    bid: bid as string,
    ask: ask as string,
    status: quote.status,
    source: 'simulated',
    sequence: quote.sequence,
  };
}
