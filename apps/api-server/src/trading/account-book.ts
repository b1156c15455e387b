import type { LoadedAccount } from '@repo/db';
import type { AccountNotice, AccountState, Fill, Order, Position } from '@repo/schemas';
import {
  type Account,
  defaultProfiles,
  type Event,
  evolve,
  keepQuote,
  loadShard,
  micros,
  type OrderTerms,
  type Quote,
  type Shard,
  trailingBest,
} from '@repo/trading-core';
import { presentAccount } from './present/present-account.ts';
import { presentFill } from './present/present-fill.ts';
import { type NoticedEvent, presentNotice } from './present/present-notice.ts';
import { presentOrder } from './present/present-order.ts';
import { presentPosition } from './present/present-position.ts';

// What bounds the firm is the engine's business; here nothing is decided.
const options = { profiles: defaultProfiles, grossNotionalMax: micros(Number.MAX_SAFE_INTEGER), recentOrdersMax: 1 };

/** What an event did to the account. What is still open is named; what has ended is whole, for it is gone. */
export interface AccountChange {
  readonly orderIds: readonly number[];
  readonly positionIds: readonly number[];
  readonly endedOrder?: { readonly id: number; readonly order: Order };
  readonly closedPosition?: { readonly id: number; readonly position: Position };
  readonly fill?: Fill;
  readonly notice?: AccountNotice;
}

const nothing: AccountChange = { orderIds: [], positionIds: [] };

interface OrderNow {
  readonly id: number;
  readonly terms: OrderTerms;
  readonly isTriggered: boolean;
}

/**
 * One account as the engine has it: loaded from the books, with the events since then folded in, valued at the prices
 * it is given. A shard of a single account, so that every figure is computed by the functions that the engine uses.
 */
export class AccountBook {
  readonly shardId: number;
  readonly shard: Shard;
  readonly #openedAt: number;
  /** Of pending orders, ms since the epoch. */
  readonly #acceptedAt: Map<number, number>;
  readonly #account: Account;
  /** The last market order, from its acceptance to its end: it never waits, so the shard does not keep it. */
  #marketOrder: OrderNow | undefined;

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

  /** Whether its figures move with prices. */
  get isExposed(): boolean {
    return this.#account.legs.length > 0;
  }

  /** When a pending order was accepted, ms since the epoch. */
  acceptedAt(orderId: number): number {
    return this.#acceptedAt.get(orderId) ?? 0;
  }

  /**
   * Folds an event of this account, or of its shard as a whole. One that it knows already changes nothing.
   *
   * @returns what it changed for the client; `undefined` when nothing.
   * @throws when it does not belong to what came before: then the book is worth nothing.
   */
  apply(event: Event): AccountChange | undefined {
    if (event.sequence <= this.shard.sequence) return undefined;
    switch (event.type) {
      case 'order-accepted':
        this.#acceptedAt.set(event.orderId, event.at);
        if (event.terms.type === 'market') {
          this.#marketOrder = { id: event.orderId, terms: event.terms, isTriggered: false };
        }
        evolve(this.shard, event);
        return event.terms.type === 'market' ? undefined : { ...nothing, orderIds: [event.orderId] };
      case 'order-modified':
      case 'order-triggered':
        evolve(this.shard, event);
        return { ...nothing, orderIds: [event.orderId] };
      case 'order-filled':
        return this.#endOrder(event, 'filled');
      case 'order-cancelled':
        return this.#endOrder(event, 'cancelled', event.reason);
      case 'order-expired':
        return this.#endOrder(event, 'expired');
      case 'order-rejected':
        return this.#endOrder(event, 'rejected', event.refusal.code);
      case 'position-opened':
      case 'position-increased':
      case 'position-reduced':
      case 'position-closed':
        return this.#fill(event);
      case 'position-modified':
        evolve(this.shard, event);
        return { ...nothing, positionIds: [event.positionId] };
      case 'swap-charged':
        evolve(this.shard, event);
        return { ...nothing, positionIds: [event.positionId], notice: this.#notice(event) };
      case 'trailing-best-reached':
        return this.#follow(event);
      case 'trading-state-changed':
      case 'trading-day-ended':
        evolve(this.shard, event);
        return undefined;
      case 'account-opened':
      case 'instrument-listed':
        evolve(this.shard, event);
        return nothing;
      case 'margin-called':
      case 'margin-call-cleared':
      case 'account-stopped-out':
      case 'negative-balance-written-off':
      case 'deposited':
      case 'withdrawn':
      case 'balance-adjusted':
        evolve(this.shard, event);
        return { ...nothing, notice: this.#notice(event) };
    }
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

  /** The pending order, if there still is one. */
  order(id: number): Order | undefined {
    const order = this.shard.orders.get(id);
    return order && this.#present(order, 'accepted');
  }

  /** The open position, if there still is one. */
  position(id: number): Position | undefined {
    const position = this.shard.positions.get(id);
    return position && presentPosition(position, this.shardId);
  }

  /** Those of one instrument, by their numbers. */
  positionsIn(asset: string): Map<number, Position> {
    const positions = new Map<number, Position>();
    const leg = this.#account.legs.find(({ market }) => market.terms.asset === asset);
    for (let position = leg?.firstPosition ?? null; position !== null; position = position.next) {
      positions.set(position.id, presentPosition(position, this.shardId));
    }
    return positions;
  }

  state(): AccountState {
    return {
      account: this.account(),
      orders: Array.from(this.shard.orders.values(), (order) => this.#present(order, 'accepted')),
      positions: Array.from(this.shard.positions.values(), (position) => presentPosition(position, this.shardId)),
    };
  }

  #endOrder(
    event: Extract<Event, { type: 'order-filled' | 'order-cancelled' | 'order-expired' | 'order-rejected' }>,
    status: Exclude<Order['status'], 'accepted'>,
    endReason?: string,
  ): AccountChange {
    const id = event.orderId;
    const order = this.shard.orders.get(id) ?? (this.#marketOrder?.id === id ? this.#marketOrder : undefined);
    if (order === undefined) throw new Error(`no order ${id} to end`);
    const ended = this.#present(order, status, { endedAt: event.at, ...(endReason !== undefined && { endReason }) });
    evolve(this.shard, event);
    this.#acceptedAt.delete(id);
    this.#marketOrder = undefined;
    const change = { ...nothing, endedOrder: { id, order: ended } };
    if (event.type !== 'order-rejected') return change;
    return { ...change, notice: this.#notice(event, order.terms.clientOrderId) };
  }

  #fill(event: Extract<Event, { fill: unknown }>): AccountChange {
    const { fill, accountId, at } = event;
    const known = this.shard.markets.get(fill.asset)?.quote;
    if (!known || known.sequence < fill.quote.sequence) this.value([fill.quote]);
    const before = this.shard.positions.get(fill.positionId);
    evolve(this.shard, event);
    const told = { ...nothing, fill: presentFill(fill, { shard: this.shardId, accountId, at }) };
    if (event.type !== 'position-closed' || before === undefined) return { ...told, positionIds: [fill.positionId] };
    // Its object has what is left of it: nothing, and what it paid.
    return { ...told, closedPosition: { id: before.id, position: presentPosition(before, this.shardId) } };
  }

  /** The levels of some trailing stops move. */
  #follow(event: Extract<Event, { type: 'trailing-best-reached' }>): AccountChange | undefined {
    const leg = this.#account.legs.find(({ market }) => market.terms.asset === event.asset);
    const bests = new Map<number, number | null>();
    for (let position = leg?.firstPosition ?? null; position !== null; position = position.next) {
      if (position.side === event.side && position.trailing !== null) bests.set(position.id, trailingBest(position));
    }
    evolve(this.shard, event);
    const positionIds = [...bests].flatMap(([id, best]) => {
      const position = this.shard.positions.get(id);
      return position !== undefined && trailingBest(position) !== best ? [id] : [];
    });
    return positionIds.length === 0 ? undefined : { ...nothing, positionIds };
  }

  #notice(event: NoticedEvent, clientOrderId?: string): AccountNotice {
    return presentNotice(event, this.shardId, clientOrderId);
  }

  #present(
    { id, terms, isTriggered }: OrderNow,
    status: Order['status'],
    end: { readonly endedAt?: number; readonly endReason?: string } = {},
  ): Order {
    const facts = { shard: this.shardId, accountId: this.#account.id, acceptedAt: this.acceptedAt(id) };
    return presentOrder({ ...facts, id, terms, status, isTriggered, ...end });
  }
}
